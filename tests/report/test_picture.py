from dataclasses import replace

import pytest
from matplotlib.figure import Figure
from PIL import Image

from eloss_plugins.report.chart import Line
from eloss_plugins.report.model import Curve, LossRuns
from eloss_plugins.report.picture import draw_line, write_picture


@pytest.mark.parametrize(("steps", "marker"), [((40,), "o"), ((20, 40), "None")])
def test_a_curve_of_one_point_is_a_dot(steps, marker):
    axes = Figure().add_subplot()
    draw_line(axes, Line("seed 0", Curve(steps, (1.0,) * len(steps)), 0))
    assert axes.lines[0].get_marker() == marker


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
