"""A report as one PNG picture, for a README or a talk."""

import io
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eloss_plugins.metrics.evaluate import examine_all
from eloss_plugins.report.chart import Line
from eloss_plugins.report.curves import thinned
from eloss_plugins.report.depiction import depict_png
from eloss_plugins.report.figure import (
    BAD,
    COLOURS,
    DASHES,
    GOOD,
    INK,
    RULE,
    SOFT,
    sheet,
    write_png,
)
from eloss_plugins.report.model import LossRuns, Report
from eloss_plugins.report.page import RowView, TableView, chart_lines, findings, table_views

HEAD, LINE, ROW, CHART, MOLECULES = 0.75, 0.26, 0.52, 2.5, 1.35  # heights in inches
PICTURED, CHARTED = 8, 4
"""Molecules in a row, and charts."""


def write_picture(path: Path, report: Report) -> None:
    """Draw title, outcome, main table, curves and molecules as a PNG, 1800 pixels wide.

    Raises:
        OSError: no space, no permission, no folder.
    """
    heights = _heights(report)
    figure = sheet(sum(heights))
    strips = figure.subfigures(len(heights), 1, height_ratios=heights)
    _head(strips[0], report)
    for table in table_views(report)[:1]:
        _table(strips[1], table)
    _charts(strips[2], report)
    for strip, group in zip(strips[3:], report.groups, strict=True):
        _molecules(strip, group)
    write_png(path, figure)


def _heights(report: Report) -> list[float]:
    table = ROW * (len(report.groups) + 1.6)
    return [HEAD + LINE * len(_lead(report)), table, CHART, *[MOLECULES] * len(report.groups)]


def _lead(report: Report) -> list[str]:
    """The first finding, in lines; a number stays with its unit."""
    return textwrap.wrap(" ".join(findings(report)[:1]).replace(" %", "\u00a0%"), 118)


def _head(strip: Any, report: Report) -> None:
    lines = _lead(report)
    inches = HEAD + LINE * len(lines)
    strip.text(0.03, 1 - 0.45 / inches, report.title, fontsize=19, weight="bold", color=INK)
    for place, words in enumerate(lines):
        height = 1 - (HEAD + LINE * place) / inches
        strip.text(0.03, height, words, fontsize=12.5, color=INK)


def _table(strip: Any, table: TableView) -> None:
    columns = len(table.header)
    lefts = [0.15 + i * 0.84 / columns for i in range(columns)]
    step = 1 / (len(table.rows) + 1.6)
    for left, label in zip(lefts, table.header, strict=True):
        words = "\n".join(textwrap.wrap(label, 18))
        strip.text(left, 1 - 0.9 * step, words, fontsize=9.5, color=SOFT, va="bottom")
    for line, row in enumerate(table.rows):
        _row(strip, row, lefts, 1 - step * (line + 1.05))


def _row(strip: Any, row: RowView, lefts: Sequence[float], top: float) -> None:
    from matplotlib.lines import Line2D

    strip.add_artist(Line2D([0.03, 0.97], [top, top], color=RULE, lw=1))
    height = strip.bbox.height
    strip.text(0.03, top - 34 / height, row.loss, fontsize=11.5, weight="bold", color=INK)
    for left, cell in zip(lefts, row.cells, strict=True):
        weight, colour = ("bold", GOOD) if cell.best else ("normal", INK)
        strip.text(left, top - 34 / height, cell.value, fontsize=11.5, weight=weight, color=colour)
        below = f"{cell.counts}  {cell.interval}".strip()
        strip.text(left, top - 60 / height, below, fontsize=8, color=SOFT)


def _charts(strip: Any, report: Report) -> None:
    chosen = chart_lines(report)
    if not chosen:
        return
    if len(chosen) > CHARTED:
        chosen = [*chosen[: CHARTED - 1], chosen[-1]]
    grid = strip.add_gridspec(1, len(chosen), left=0.05, right=0.97, bottom=0.2, top=0.86)
    for place, (label, lines) in enumerate(chosen):
        axes = strip.add_subplot(grid[0, place])
        for line in lines:
            draw_line(axes, line)
        _finish(axes, label)


def draw_line(axes: Any, line: Line) -> None:
    """A curve on matplotlib's axes; one point alone is a dot, as a line would not show it."""
    curve, colour = thinned(line.curve), COLOURS[line.colour % len(COLOURS)]
    style = DASHES[line.dash % len(DASHES)] if len(curve.steps) > 1 else "o"
    axes.plot(curve.steps, curve.values, style, color=colour, lw=1.3, ms=4, label=line.label)


def _finish(axes: Any, label: str) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.set_title(label, fontsize=10, color=INK, loc="left")
    axes.set_xlabel("optimiser steps", fontsize=8, color=SOFT)
    axes.tick_params(labelsize=8, colors=SOFT)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=RULE, lw=0.6)
    axes.legend(fontsize=6.5, frameon=False, ncols=2)


def _molecules(strip: Any, group: LossRuns) -> None:
    import matplotlib.image

    strip.text(0.03, 0.5, group.loss, fontsize=11.5, weight="bold", color=INK)
    molecules = group.examples.subset(range(min(PICTURED, len(group.examples))))
    for place, found in enumerate(examine_all(molecules)):
        axes = strip.add_axes((0.11 + place * 0.87 / PICTURED, 0.1, 0.85 / PICTURED, 0.88))
        axes.axis("off")
        png = depict_png(molecules[place], found)
        if png:
            axes.imshow(matplotlib.image.imread(io.BytesIO(png)))
        colour = GOOD if found.failure is None else BAD
        axes.set_title(found.failure or "stable", fontsize=8, color=colour, y=-0.12)
