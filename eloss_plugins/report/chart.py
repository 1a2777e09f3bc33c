"""Line charts as SVG that follows the page's colours, light or dark."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

from markupsafe import Markup

from eloss_plugins.report.curves import thinned
from eloss_plugins.report.model import Curve
from eloss_plugins.report.scale import Scale, even_scale, scale_for, tick_text

WIDTH, HEIGHT = 480, 260
LEFT, RIGHT, TOP, BOTTOM = 58, 142, 14, 40
LINE_OF_TEXT = 13
"""Pixels between two labels."""

LONGEST_LABEL = 16
"""Characters that fit on the right of a chart."""

COLOURS, DASHES = 6, 4
"""The style sheet names colours c0 to c5 and dashes d0 to d3; further lines start again."""

SAMPLE = 18
"""Pixels of the line beside its label."""


@dataclass(frozen=True)
class Line:
    """A curve in a chart.

    Attributes:
        label: written at its end.
        curve: its points.
        colour: number of a colour of the style sheet.
        dash: number of a dash of the style sheet.
    """

    label: str
    curve: Curve
    colour: int
    dash: int = 0

    @property
    def style(self) -> str:
        """Classes of the style sheet."""
        return f"c{self.colour % COLOURS} d{self.dash % DASHES}"


@dataclass(frozen=True)
class ChartView:
    """A chart with its caption."""

    caption: str
    svg: Markup


def line_chart(lines: Sequence[Line], y_label: str, description: str) -> str:
    """A chart of curves over optimiser steps, each labelled at its end.

    Args:
        lines: what to draw; curves without finite points are left out.
        y_label: what the numbers are, with the unit.
        description: a sentence for those who do not see it.
    """
    drawn = [replace(line, curve=thinned(line.curve)) for line in lines]
    drawn = [line for line in drawn if line.curve.steps]
    x = even_scale([s for line in drawn for s in line.curve.steps], LEFT, WIDTH - RIGHT)
    y = scale_for([v for line in drawn for v in line.curve.values], HEIGHT - BOTTOM, TOP)
    parts = [*grid(x, y), *axis_labels("optimiser steps", y_label, x)]
    parts += [*(_path(line, x, y) for line in drawn), *_end_labels(drawn, x, y)]
    return framed(parts, description)


def framed(parts: Sequence[str], description: str) -> str:
    """The parts of a chart as one drawing, with a sentence for those who do not see it."""
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(description)}">{"".join(parts)}</svg>'
    )


def grid(x: Scale, y: Scale, columns: Sequence[tuple[float, str]] | None = None) -> list[str]:
    """Lines at the ticks of `y`, and the axis of `x` with its ticks.

    Args:
        x: of the axis below.
        y: of the axis on the left.
        columns: places of the axis below and what is written there, instead of its ticks.
    """
    rows = [
        f'<line class="grid" x1="{x.start}" x2="{x.end}" y1="{at:.1f}" y2="{at:.1f}"/>'
        f'<text x="{x.start - 6}" y="{at + 4:.1f}" text-anchor="end">{tick_text(tick)}</text>'
        for tick in y.ticks()
        for at in [y.place(tick)]
    ]
    floor = HEIGHT - BOTTOM
    marks = columns if columns is not None else [(x.place(t), tick_text(t)) for t in x.ticks()]
    below = [
        f'<line class="axis" x1="{at:.1f}" x2="{at:.1f}" y1="{floor}" y2="{floor + 4}"/>'
        f'<text x="{at:.1f}" y="{floor + 17}" text-anchor="middle">{escape(text)}</text>'
        for at, text in marks
    ]
    axis = f'<line class="axis" x1="{x.start}" x2="{x.end}" y1="{floor}" y2="{floor}"/>'
    return [*rows, axis, *below]


def axis_labels(x_label: str, y_label: str, x: Scale) -> list[str]:
    """What the axes are."""
    middle = TOP + (HEIGHT - TOP - BOTTOM) / 2
    return [
        f'<text class="label" x="{(x.start + x.end) / 2}" y="{HEIGHT - 6}" '
        f'text-anchor="middle">{escape(x_label)}</text>',
        f'<text class="label" transform="translate(12 {middle}) rotate(-90)" '
        f'text-anchor="middle">{escape(y_label)}</text>',
    ]


def _path(line: Line, x: Scale, y: Scale) -> str:
    points = zip(line.curve.steps, line.curve.values, strict=True)
    places = [f"{x.place(step):.1f},{y.place(value):.1f}" for step, value in points]
    if len(places) == 1:
        left, top = places[0].split(",")
        return f'<circle class="dot {line.style}" cx="{left}" cy="{top}" r="3"/>'
    return f'<polyline class="line {line.style}" points="{" ".join(places)}"/>'


def _end_labels(lines: Sequence[Line], x: Scale, y: Scale) -> list[str]:
    ends = [(line.label, line.style, y.place(line.curve.values[-1])) for line in lines]
    return end_labels(ends, x)


def end_labels(ends: Sequence[tuple[str, str, float]], x: Scale) -> list[str]:
    """Names on the right of a chart, moved apart where their lines end close together.

    Args:
        ends: label, classes of the style sheet and height of the end of each line.
        x: of the axis below.
    """
    ordered = sorted(ends, key=lambda end: end[2])
    places = _without_overlap([place for _, _, place in ordered])
    return [
        f'<line class="line {style}" x1="{x.end + 5}" x2="{x.end + 5 + SAMPLE}" '
        f'y1="{at:.1f}" y2="{at:.1f}"/>'
        f'<text class="end {style}" x="{x.end + SAMPLE + 9}" y="{at + 4:.1f}">'
        f"<title>{escape(label)}</title>{escape(shortened(label))}</text>"
        for at, (label, style, _) in zip(places, ordered, strict=True)
    ]


def shortened(label: str) -> str:
    """The label with an ellipsis in its middle where it would leave the paper."""
    if len(label) <= LONGEST_LABEL:
        return label
    tail = LONGEST_LABEL // 2
    return label[: LONGEST_LABEL - tail - 1] + "…" + label[-tail:]


def _without_overlap(places: Sequence[float]) -> list[float]:
    """Rising places, moved down and then up as a block so that labels keep their distance."""
    spaced: list[float] = []
    for place in places:
        spaced.append(max(place, spaced[-1] + LINE_OF_TEXT) if spaced else place)
    excess = max(0.0, spaced[-1] - (HEIGHT - BOTTOM)) if spaced else 0.0
    return [place - excess for place in spaced]
