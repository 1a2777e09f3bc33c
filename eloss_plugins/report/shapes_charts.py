"""Charts of the polygons as SVG: numbers with the range of their seeds, and drawings."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from eloss_plugins.report.chart import (
    BOTTOM,
    COLOURS,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    axis_labels,
    end_labels,
    framed,
    grid,
)
from eloss_plugins.report.scale import Scale, even_scale
from eloss_plugins.report.shapes_model import Ring
from eloss_plugins.shapes.landscape import VERTICES, Landscape
from eloss_plugins.shapes.results import Series, Spot

PANEL = 120
"""Pixels of a drawing."""

Heights = Callable[[Sequence[float], float, float], Scale]

MOST_DOTS = 12
"""Of a line; one with more points is a curve and has none."""

LEVELS = tuple((k / 9) ** 2 for k in range(1, 10))
"""Contours as parts of the greatest loss; a parabola has them at equal distances."""


@dataclass(frozen=True)
class Below:
    """The axis below.

    Attributes:
        label: what it is.
        words: what is written at places; empty for round numbers.
        logarithmic: equal factors are equal lengths.
    """

    label: str
    words: tuple[tuple[float, str], ...] = ()
    logarithmic: bool = False

    def scale(self, values: Sequence[float], start: float, end: float) -> Scale:
        """A scale that holds the values."""
        if self.logarithmic and values:
            return Scale(min(values) / 1.15, max(values) * 1.15, start, end, logarithmic=True)
        return even_scale(values, start, end)


@dataclass(frozen=True)
class Drawn:
    """A series with its place among the colours of the style sheet."""

    series: Series
    colour: int
    dash: int = 0

    @property
    def style(self) -> str:
        """Classes of the style sheet."""
        return f"c{self.colour % COLOURS} d{self.dash}"

    @property
    def spots(self) -> tuple[Spot, ...]:
        """Those that are finite."""
        return tuple(spot for spot in self.series.spots if math.isfinite(spot.mean))


def coloured(series: Sequence[Series], labels: Sequence[str]) -> list[Drawn]:
    """Each series in the colour of its loss, which is the same in all charts."""
    return [Drawn(one, labels.index(one.label)) for one in series]


def range_chart(
    drawn: Sequence[Drawn],
    below: Below,
    y_label: str,
    description: str,
    heights: Heights = even_scale,
) -> str:
    """Means as lines with dots, over bands from the least to the greatest seed.

    Args:
        drawn: the series; those without finite numbers are left out.
        below: the axis below.
        y_label: what the numbers are.
        description: a sentence for those who do not see it.
        heights: makes the scale on the left from numbers and the places of its ends.
    """
    shown = [one for one in drawn if one.spots]
    spots = [spot for one in shown for spot in one.spots]
    x = below.scale([spot.x for spot in spots], LEFT, WIDTH - RIGHT)
    numbers = [number for spot in spots for number in (spot.low, spot.high)]
    y = heights(numbers, HEIGHT - BOTTOM, TOP)
    columns = [(x.place(at), text) for at, text in below.words] or None
    parts = [*grid(x, y, columns), *axis_labels(below.label, y_label, x)]
    parts += [_band(one, x, y) for one in shown] + [_line(one, x, y) for one in shown]
    ends = [(one.series.label, one.style, y.place(one.spots[-1].mean)) for one in shown]
    return framed([*parts, *end_labels(ends, x)], description)


def polygons(predicted: Sequence[Ring], true: Sequence[Ring], colour: int, title: str) -> str:
    """Predicted polygons over dashed true ones."""
    reach = 1.08 * max(abs(value) for ring in true for point in ring for value in point)
    scale = Scale(-reach, reach, 0, PANEL)
    parts = [_ring(ring, scale, "truth") for ring in true]
    parts += [_ring(ring, scale, f"line c{colour % COLOURS}") for ring in predicted]
    return _panel(parts, title)


def contours(shown: Landscape, colour: int) -> str:
    """Lines of equal loss as the vertex at (1, 0) moves; the other vertices are dots."""
    low, high = shown.axis[0], shown.axis[-1]
    scale = Scale(low, high, 0, PANEL)
    parts = [_open(line, scale, f"line c{colour % COLOURS}") for line in contour_lines(shown)]
    for number in range(VERTICES):
        angle = 2 * math.pi * number / VERTICES
        x, y = scale.place(math.cos(angle)), PANEL - scale.place(math.sin(angle))
        kind = f"c{colour % COLOURS}" if number == 0 else "c5"
        parts.append(f'<circle class="dot {kind}" cx="{x:.1f}" cy="{y:.1f}" r="2"/>')
    return _panel(parts, f"{shown.label}: loss as one vertex moves")


def contour_lines(shown: Landscape) -> list[Ring]:
    """Lines of equal loss at `LEVELS` of the greatest one."""
    from matplotlib.figure import Figure

    top = max(max(row) for row in shown.moved)
    if not top > 0:
        return []
    levels = [level * top for level in LEVELS[:-1]]
    found = Figure().add_subplot().contour(shown.axis, shown.axis, shown.moved, levels)
    return [tuple(map(tuple, line.tolist())) for lines in found.allsegs for line in lines]


def _band(one: Drawn, x: Scale, y: Scale) -> str:
    above = [(spot.x, spot.high) for spot in one.spots]
    under = [(spot.x, spot.low) for spot in reversed(one.spots)]
    points = " ".join(f"{x.place(a):.1f},{y.place(b):.1f}" for a, b in [*above, *under])
    return f'<polygon class="band {one.style}" points="{points}"/>'


def _line(one: Drawn, x: Scale, y: Scale) -> str:
    places = [(x.place(spot.x), y.place(spot.mean)) for spot in one.spots]
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in places)
    line = f'<polyline class="line {one.style}" points="{points}"/>'
    if len(places) > MOST_DOTS:
        return line
    dots = "".join(
        f'<circle class="dot {one.style}" cx="{a:.1f}" cy="{b:.1f}" r="2.5"><title>'
        f"{escape(one.series.label)}: {spot.mean:.4g}</title></circle>"
        for (a, b), spot in zip(places, one.spots, strict=True)
    )
    return line + dots


def _ring(ring: Ring, scale: Scale, style: str) -> str:
    return f'<polygon class="{style}" points="{_points(ring, scale)}"/>'


def _open(line: Ring, scale: Scale, style: str) -> str:
    return f'<polyline class="{style}" points="{_points(line, scale)}"/>'


def _points(ring: Ring, scale: Scale) -> str:
    finite = [(a, b) for a, b in ring if math.isfinite(a) and math.isfinite(b)]
    return " ".join(f"{scale.place(a):.1f},{PANEL - scale.place(b):.1f}" for a, b in finite)


def _panel(parts: Sequence[str], title: str) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {PANEL} {PANEL}" role="img" '
        f'aria-label="{escape(title)}"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )
