"""The polygons as one PNG picture: drawings, curves and landscapes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eloss_plugins.report.figure import COLOURS, DASHES, INK, RULE, SOFT, head, sheet, write_png
from eloss_plugins.report.shapes_charts import MOST_DOTS, Drawn, contour_lines
from eloss_plugins.report.shapes_model import Ring, ShapesReport, angle_text
from eloss_plugins.report.shapes_page import (
    angle_words,
    colours_of,
    count_words,
    ratio_lines,
    turning_lines,
)
from eloss_plugins.shapes.landscape import Landscape

DPI = 110  # pixels an inch
HEAD, PANEL, CHARTS, SEEN = 0.75, 1.3, 2.9, 2.5  # heights in inches

NAMED: Mapping[int, int | None] = {0: None, 2: 1, 4: None}
"""Charts that name their lines, and how many; the colours mean the same in all."""

Words = tuple[tuple[float, str], ...]


def write_shapes_picture(path: Path, report: ShapesReport) -> None:
    """Draw title, outcome, polygons, curves and landscapes as a PNG, 1320 pixels wide.

    Raises:
        OSError: no space, no permission, no folder.
    """
    heights = [HEAD + 0.25, PANEL * len(report.labels) + 0.3, 2 * CHARTS, SEEN]
    figure = sheet(sum(heights), DPI)
    strips = figure.subfigures(len(heights), 1, height_ratios=heights)
    head(strips[0], heights[0], report.title, report.findings[0])
    _drawings(strips[1], report)
    _charts(strips[2], report)
    _landscapes(strips[3], report)
    write_png(path, figure)


def _drawings(strip: Any, report: ShapesReport) -> None:
    angles = report.angles
    columns, rows = len(angles), len(report.labels)
    grid = strip.add_gridspec(
        rows, columns, left=0.16, right=0.98, bottom=0.01, top=0.94, hspace=0.05, wspace=0.05
    )
    for drawing in report.drawings:
        row, column = report.labels.index(drawing.label), angles.index(drawing.angle)
        axes = strip.add_subplot(grid[row, column])
        _rings(axes, report.true, SOFT, "--", 0.7)
        _rings(axes, drawing.predicted, COLOURS[row % len(COLOURS)], "-", 1.1)
        axes.set_aspect("equal")
        axes.axis("off")
        if row == 0:
            axes.set_title(f"θ = {angle_text(drawing.angle)}", fontsize=9, color=SOFT)
        if column == 0:
            words = drawing.label.replace("/", "/\n")
            axes.text(-0.1, 0.5, words, fontsize=9, weight="bold", color=INK, ha="right",
                      va="center", transform=axes.transAxes)  # fmt: skip


def _rings(axes: Any, rings: Sequence[Ring], colour: str, style: str, width: float) -> None:
    for ring in rings:
        closed = [*ring, ring[0]]
        axes.plot(*zip(*closed, strict=True), style, color=colour, lw=width)


def _charts(strip: Any, report: ShapesReport) -> None:
    over_angles, counts = angle_words(report), count_words(report.by_vertices)
    panels: list[tuple[str, Sequence[Drawn], str, Words]] = [
        ("Q", colours_of(report.regularity, report), "θ", over_angles),
        ("Q with the radius", colours_of(report.fidelity, report), "θ", over_angles),
        ("mean radius / true radius", ratio_lines(report), "θ", over_angles),
        ("Q", colours_of(report.by_vertices, report), "vertices", counts),
        ("seconds of a step", colours_of(report.times, report), "vertices", ()),
        ("loss", turning_lines(report), "turn of the whole polygon, radian", ()),
    ]
    grid = strip.add_gridspec(
        2, 3, left=0.05, right=0.98, bottom=0.08, top=0.94, hspace=0.42, wspace=0.22
    )
    for place, (label, drawn, below, words) in enumerate(panels):
        axes = strip.add_subplot(grid[place // 3, place % 3])
        for one in drawn:
            _curve(axes, one)
        _finish(axes, label, below, words)
        if place in NAMED and drawn:
            axes.legend(handles=axes.lines[: NAMED[place]], fontsize=7, frameon=False)


def _curve(axes: Any, one: Drawn) -> None:
    colour = COLOURS[one.colour % len(COLOURS)]
    x = [spot.x for spot in one.spots]
    low, high = [spot.low for spot in one.spots], [spot.high for spot in one.spots]
    style = DASHES[one.dash] + ("" if one.dash or len(x) > MOST_DOTS else "o")
    axes.fill_between(x, low, high, color=colour, alpha=0.16, lw=0)
    means = [spot.mean for spot in one.spots]
    axes.plot(x, means, style, color=colour, lw=1.3, ms=3, label=one.series.label)


def _finish(axes: Any, label: str, below: str, words: Words) -> None:
    if below == "vertices":
        axes.set_xscale("log")
        axes.set_xticks([], minor=True)
    if label == "seconds of a step" and axes.lines:
        axes.set_yscale("log")
    if words:
        axes.set_xticks([place for place, _ in words], [text for _, text in words])
    axes.set_title(label, fontsize=10, color=INK, loc="left")
    axes.set_xlabel(below, fontsize=8, color=SOFT)
    axes.tick_params(which="both", labelsize=8, colors=SOFT)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=RULE, lw=0.6)


def _landscapes(strip: Any, report: ShapesReport) -> None:
    if not report.landscapes:
        return
    grid = strip.add_gridspec(
        1, len(report.landscapes), left=0.03, right=0.98, bottom=0.02, top=0.86
    )
    strip.text(0.03, 0.95, "loss as one vertex moves", fontsize=10, color=INK)
    for place, one in enumerate(report.landscapes):
        axes = strip.add_subplot(grid[0, place])
        _landscape(axes, one, COLOURS[place % len(COLOURS)])


def _landscape(axes: Any, one: Landscape, colour: str) -> None:
    from matplotlib.patches import Circle

    for line in contour_lines(one):
        axes.plot(*zip(*line, strict=True), color=colour, lw=0.8)
    axes.add_patch(Circle((0, 0), 1, fill=False, ls="--", lw=0.7, ec=SOFT))
    axes.plot([1], [0], "o", color=INK, ms=3)
    axes.set_title(one.label, fontsize=8.5, color=INK)
    axes.set_aspect("equal")
    axes.axis("off")
