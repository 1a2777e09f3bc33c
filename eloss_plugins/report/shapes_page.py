"""The page of the polygons as one HTML file that opens anywhere, without a network."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi
from pathlib import Path

from markupsafe import Markup

from eloss_plugins.atomic_write import atomic_write_text
from eloss_plugins.report import templates
from eloss_plugins.report.chart import ChartView
from eloss_plugins.report.scale import even_scale, scale_for
from eloss_plugins.report.shapes_charts import (
    Below,
    Drawn,
    Heights,
    coloured,
    contours,
    polygons,
    range_chart,
)
from eloss_plugins.report.shapes_model import ShapesReport, angle_text
from eloss_plugins.shapes.polygon import shrinkage
from eloss_plugins.shapes.results import Series, Spot

CURVE_POINTS = 65
"""Of the curve sin(theta) / theta."""

GREY = 5
"""Number of the colour of what is no loss."""


@dataclass(frozen=True)
class Row:
    """Drawings of one loss."""

    label: str
    panels: tuple[Markup, ...]


def write_shapes(path: Path, report: ShapesReport) -> None:
    """Write the page in one step: whole or not at all; all text from outside is escaped.

    Raises:
        OSError: no space, no permission, no folder.
    """
    atomic_write_text(path, render(report))


def render(report: ShapesReport) -> str:
    """The page as text."""
    return templates.render(
        "shapes.html.j2",
        report=report,
        findings=report.findings,
        angles=[angle_text(angle) for angle in report.angles],
        rows=drawing_rows(report),
        charts=chart_views(report),
        landscapes=[
            Row(one.label, (Markup(contours(one, report.labels.index(one.label))),))
            for one in report.landscapes
        ],
        turning=turning_chart(report),
    )


def drawing_rows(report: ShapesReport) -> list[Row]:
    """The drawings by loss, each with one panel for each angle."""
    return [Row(label, tuple(_panels(report, label))) for label in report.labels]


def chart_views(report: ShapesReport) -> list[ChartView]:
    """Quality over theta and over N, the radius with its curve, and the time of a step."""
    angles = Below("θ, the largest turn of the data", angle_words(report))
    counts = Below("vertices", count_words(report.by_vertices), logarithmic=True)
    sizes = Below("vertices", logarithmic=True)
    wanted = (
        (report.regularity, angles, "Q", QUALITY, even_scale),
        (report.fidelity, angles, "Q with the radius", FIDELITY, even_scale),
        (report.by_vertices, counts, "Q", BY_VERTICES, even_scale),
        (report.times, sizes, "seconds of a step", TIMES, scale_for),
    )
    charts = [
        view(colours_of(series, report), below, label, text, heights)
        for series, below, label, text, heights in wanted
        if series
    ]
    return [*charts[:2], view(ratio_lines(report), angles, "radius", RATIO), *charts[2:]]


QUALITY = "Quality as in the paper, blind to size: mean of the seeds, and their range."
FIDELITY = "Quality that counts a wrong radius as an error."
RATIO = "Mean radius over the true one; dashed, sin θ / θ, what a mean over turns leaves of it."
BY_VERTICES = "Quality against the number of vertices, at the largest θ."
TIMES = "Wall time of a training step on one polygon, all pairs against six a vertex."
TURNING = "Loss of the polygon turned as a whole; one that is 0 throughout lies on the axis."


def view(
    drawn: Sequence[Drawn], below: Below, label: str, text: str, heights: Heights = even_scale
) -> ChartView:
    """A chart with its caption."""
    return ChartView(text, Markup(range_chart(drawn, below, label, text, heights)))


def colours_of(series: Sequence[Series], report: ShapesReport) -> list[Drawn]:
    """Series in the colours of the losses; those of other names in colours after them."""
    named = [*report.labels, *(one.label for one in series if one.label not in report.labels)]
    return coloured(series, named)


def ratio_lines(report: ShapesReport) -> list[Drawn]:
    """Radius ratios and the curve that the mean squared error follows."""
    top = max(report.angles)
    places = [top * point / (CURVE_POINTS - 1) for point in range(CURVE_POINTS)] if top else [0.0]
    curve = Series("sin θ / θ", tuple(_exactly(place, shrinkage(place)) for place in places))
    return [Drawn(curve, GREY, dash=1), *colours_of(report.ratio, report)]


def turning_lines(report: ShapesReport) -> list[Drawn]:
    """The loss over the turn of the whole polygon."""
    series = [
        Series(one.label, tuple(map(_exactly, one.turns, one.turned))) for one in report.landscapes
    ]
    return colours_of(series, report)


def turning_chart(report: ShapesReport) -> ChartView | None:
    """The same as a chart; None without landscapes."""
    words = tuple((part * pi / 2, angle_text(part * pi / 2)) for part in range(5))
    lines = turning_lines(report)
    return view(lines, Below("turn", words), "loss", TURNING) if lines else None


def angle_words(report: ShapesReport) -> tuple[tuple[float, str], ...]:
    """Ticks at the angles that were run."""
    return tuple((angle, angle_text(angle)) for angle in report.angles)


def count_words(series: Sequence[Series]) -> tuple[tuple[float, str], ...]:
    """Ticks at the numbers of vertices that were run."""
    places = sorted({spot.x for one in series for spot in one.spots})
    return tuple((place, f"{place:g}") for place in places)


def _panels(report: ShapesReport, label: str) -> list[Markup]:
    colour = report.labels.index(label)
    found = sorted(
        (one for one in report.drawings if one.label == label), key=lambda one: one.angle
    )
    return [
        Markup(polygons(one.predicted, report.true, colour, f"{label}, θ {angle_text(one.angle)}"))
        for one in found
    ]


def _exactly(x: float, value: float) -> Spot:
    return Spot(x, value, value, value)
