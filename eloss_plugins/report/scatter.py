"""Charts of dots: the course of a search, and its values over one parameter."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from eloss_plugins.report.chart import (
    BOTTOM,
    HEIGHT,
    LEFT,
    TOP,
    WIDTH,
    axis_labels,
    framed,
    grid,
    shortened,
)
from eloss_plugins.report.scale import Scale, even_scale, scale_for

MARGIN = 16
"""Pixels on the right, where no labels stand."""

PLAIN, SPECIAL, BEST = "c5", "c1", "c0"
"""Colours of the style sheet: trials, presets, and the best one."""

RADIUS = {PLAIN: 3.5, SPECIAL: 5.0, BEST: 6.0}


@dataclass(frozen=True)
class Dot:
    """One dot.

    Attributes:
        x: its place; the number of a column where the axis has words.
        y: its height.
        kind: PLAIN, SPECIAL or BEST.
        title: what a pointer on it shows.
    """

    x: float
    y: float
    kind: str = PLAIN
    title: str = ""


@dataclass(frozen=True)
class Axis:
    """The axis below.

    Attributes:
        label: what it is.
        words: names of columns 0, 1, ...; empty for numbers.
        logarithmic: equal factors are equal lengths.
    """

    label: str
    words: tuple[str, ...] = ()
    logarithmic: bool = False


def dot_chart(
    dots: Sequence[Dot],
    axis: Axis,
    y_label: str,
    description: str,
    steps: Sequence[tuple[float, float]] = (),
) -> str:
    """A chart of dots.

    Args:
        dots: what to draw, the last on top.
        axis: below.
        y_label: what the heights are.
        description: a sentence for those who do not see it.
        steps: points of a line that goes on level and then jumps, such as the best so far.
    """
    x = x_scale([*dots, *(Dot(*point) for point in steps)], axis, LEFT, WIDTH - MARGIN)
    y = scale_for([dot.y for dot in dots], HEIGHT - BOTTOM, TOP)
    columns = [(x.place(n), shortened(word)) for n, word in enumerate(axis.words)] or None
    parts = [*grid(x, y, columns), *axis_labels(axis.label, y_label, x)]
    parts += [_stair(steps, x, y)] if len(steps) > 1 else []
    parts += [_drawn(dot, x, y) for dot in sorted(dots, key=lambda dot: RADIUS[dot.kind])]
    return framed(parts, description)


def x_scale(dots: Sequence[Dot], axis: Axis, start: float, end: float) -> Scale:
    """The scale below that holds all dots, or all words."""
    if axis.words:
        return Scale(-0.5, len(axis.words) - 0.5, start, end)
    values = [dot.x for dot in dots]
    if axis.logarithmic and values:
        return Scale(min(values) / 1.3, max(values) * 1.3, start, end, logarithmic=True)
    return even_scale(values, start, end)


def _drawn(dot: Dot, x: Scale, y: Scale) -> str:
    return (
        f'<circle class="dot {dot.kind}" cx="{x.place(dot.x):.1f}" cy="{y.place(dot.y):.1f}" '
        f'r="{RADIUS[dot.kind]}"><title>{escape(dot.title)}</title></circle>'
    )


def _stair(steps: Sequence[tuple[float, float]], x: Scale, y: Scale) -> str:
    places = [f"{x.place(steps[0][0]):.1f},{y.place(steps[0][1]):.1f}"]
    for (_, before), (at, value) in zip(steps, steps[1:], strict=False):
        places.append(f"{x.place(at):.1f},{y.place(before):.1f}")
        places.append(f"{x.place(at):.1f},{y.place(value):.1f}")
    return f'<polyline class="line {BEST}" points="{" ".join(places)}"/>'
