"""A sweep as one PNG picture."""

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Any

from eloss_plugins.report.figure import COLOURS, INK, RULE, SOFT, head, sheet, write_png
from eloss_plugins.report.scale import tick_text
from eloss_plugins.report.scatter import BEST, PLAIN, RADIUS, SPECIAL, Axis, Dot, x_scale
from eloss_plugins.report.sweep_model import SweepReport
from eloss_plugins.report.sweep_page import best_so_far, history_dots, slice_dots

PANEL_HEIGHT, HEAD = 3.0, 0.9  # inches
COLUMNS = 3
INKS = {BEST: COLOURS[0], SPECIAL: COLOURS[1], PLAIN: COLOURS[5]}


def write_sweep_picture(path: Path, report: SweepReport) -> None:
    """Draw title, outcome, the course of the search and a panel for each parameter as a PNG.

    Raises:
        OSError: no space, no permission, no folder.
    """
    panels = 1 + len(report.parameters)
    rows = ceil(panels / COLUMNS)
    height = HEAD + rows * PANEL_HEIGHT
    figure = sheet(height)
    head(figure, height, report.title, report.findings[0])
    grid = figure.add_gridspec(
        rows, COLUMNS, left=0.06, right=0.98, top=1 - 1.15 / height, bottom=0.5 / height,
        wspace=0.25, hspace=0.45,
    )  # fmt: skip
    axes = [figure.add_subplot(grid[place // COLUMNS, place % COLUMNS]) for place in range(panels)]
    _draw(axes[0], history_dots(report), Axis("trial"), report.label, best_so_far(report))
    for one, parameter in zip(axes[1:], report.parameters, strict=True):
        axis = Axis(parameter.name, parameter.choices, parameter.logarithmic)
        _draw(one, slice_dots(report, parameter), axis, report.label)
    write_png(path, figure)


def _draw(
    axes: Any,
    dots: Sequence[Dot],
    axis: Axis,
    label: str,
    steps: Sequence[tuple[float, float]] = (),
) -> None:
    if steps:
        axes.step(*zip(*steps, strict=True), where="post", color=COLOURS[0], lw=1.2)
    for dot in sorted(dots, key=lambda dot: RADIUS[dot.kind]):
        size, ink = RADIUS[dot.kind] ** 2 * 1.6, INKS[dot.kind]
        axes.scatter([dot.x], [dot.y], s=size, color=ink, linewidths=0, zorder=3)
    if axis.logarithmic:
        scale = x_scale(dots, axis, 0, 1)
        axes.set_xscale("log")
        axes.set_xlim(scale.low, scale.high)
        axes.set_xticks(scale.ticks(), [tick_text(tick) for tick in scale.ticks()])
        axes.set_xticks([], minor=True)
    if axis.words:
        axes.set_xticks(range(len(axis.words)), axis.words)
        axes.set_xlim(-0.5, len(axis.words) - 0.5)
    axes.set_title(label, fontsize=9, color=INK, loc="left")
    axes.set_xlabel(axis.label, fontsize=8.5, color=SOFT)
    axes.tick_params(labelsize=8, colors=SOFT)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=RULE, lw=0.6)
