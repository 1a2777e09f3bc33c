from dataclasses import replace

import pytest
from PIL import Image

from eloss_plugins.report.model import LossRuns
from eloss_plugins.report.picture import write_picture


@pytest.mark.slow
def test_picture_is_a_png_of_the_promised_width(report, tmp_path):
    write_picture(tmp_path / "picture.png", report)
    with Image.open(tmp_path / "picture.png") as picture:
        assert picture.format == "PNG"
        assert picture.width == 1800


@pytest.mark.slow
def test_picture_of_runs_that_failed_is_drawn(report, tmp_path):
    write_picture(tmp_path / "picture.png", replace(report, groups=(LossRuns("mse", ()),)))
    assert (tmp_path / "picture.png").stat().st_size > 0
