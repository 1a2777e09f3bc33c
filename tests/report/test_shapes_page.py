"""The page and the picture of the polygons."""

import math
import re

import pytest

from eloss_plugins.report.model import Table
from eloss_plugins.report.shapes_charts import Below, Drawn, contour_lines, range_chart
from eloss_plugins.report.shapes_model import Drawing, ShapesReport, angle_text
from eloss_plugins.report.shapes_page import ratio_lines, render
from eloss_plugins.report.shapes_picture import write_shapes_picture
from eloss_plugins.shapes.landscape import Landscape
from eloss_plugins.shapes.results import Series, Spot

from .hostile import HOSTILE, assert_hostile_words_stay_words

RING = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0))
AXIS = (-2.0, -1.0, 0.0, 1.0, 2.0)


def series(label, *values):
    return Series(label, tuple(Spot(i, v, v - 0.1, v + 0.1) for i, v in enumerate(values)))


def bowl(label):
    moved = tuple(tuple((x - 1) ** 2 + y * y for x in AXIS) for y in AXIS)
    return Landscape(label, AXIS, moved, (0.0, 1.0), (0.0, 2.0))


@pytest.fixture
def report() -> ShapesReport:
    both = (series("<mse>", 1.0, 2.0), series("energy", 3.0, math.nan))
    return ShapesReport(
        title="Shapes of <N>",
        findings=("First.", "Second."),
        labels=("<mse>", "energy"),
        regularity=both,
        fidelity=both,
        ratio=both,
        by_vertices=(),
        times=(),
        landscapes=(bowl("<mse>"), bowl("energy")),
        drawings=tuple(Drawing(label, a, (RING,)) for label in ("<mse>", "energy") for a in (0, 1)),
        true=(RING,),
        tables=(Table("Numbers", ("loss", "Q"), (("<mse>", "1"),)),),
    )


def test_the_page_needs_no_network(report):
    assert not re.search(r"(src|href)=|https?://", render(report).replace("http://www.w3.org", ""))


def test_hostile_words_stay_words(report):
    assert "<mse>" not in render(report)
    tables = (Table(HOSTILE, (HOSTILE,), ((HOSTILE,),), HOSTILE),)
    findings = (HOSTILE, HOSTILE)
    assert_hostile_words_stay_words(render, report, findings=findings, tables=tables)


def test_each_loss_has_a_drawing_for_each_angle(report):
    assert render(report).count('<polygon class="truth"') == 4


def test_the_band_spans_the_seeds():
    chart = range_chart([Drawn(series("a", 1.0, 2.0), 0)], Below("x"), "y", "a chart")
    (band,) = re.findall(r'<polygon class="band c0 d0" points="([^"]*)"', chart)
    heights = [float(point.split(",")[1]) for point in band.split()]
    assert len(heights) == 4
    assert heights[0] < heights[3]  # the greatest seed is above the least, and y goes down


def test_what_is_not_finite_is_left_out():
    chart = range_chart([Drawn(series("a", 1.0, math.nan), 0)], Below("x"), "y", "a chart")
    assert "nan" not in chart
    assert "nan" not in range_chart([], Below("x"), "y", "a chart")


def test_the_curve_of_the_mean_ends_at_the_sinus_over_the_angle(report):
    curve = ratio_lines(report)[0].series
    assert (curve.spots[0].mean, curve.spots[-1].mean) == pytest.approx((1, math.sin(1)))


def test_contours_of_a_bowl_lie_around_its_bottom():
    shortest = min(contour_lines(bowl("a")), key=lambda line: abs(line[0][0] - 1))
    assert all(math.hypot(x - 1, y) < 1 for x, y in shortest)
    flat = Landscape("b", AXIS, ((0.0,) * 5,) * 5, (0.0,), (0.0,))
    assert contour_lines(flat) == []


@pytest.mark.parametrize(
    ("angle", "text"),
    [(0.0, "0"), (math.pi, "π"), (3 * math.pi / 4, "3π/4"), (math.pi / 8, "π/8"), (0.5, "0.5")],
)
def test_angles_are_written_as_multiples_of_pi(angle, text):
    assert angle_text(angle) == text


def test_the_picture_is_a_png(report, tmp_path):
    write_shapes_picture(tmp_path / "shapes.png", report)
    assert (tmp_path / "shapes.png").read_bytes()[:4] == b"\x89PNG"
