"""A spin experiment as one PNG picture."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eloss_plugins.report.figure import COLOURS, INK, RULE, SOFT, head, sheet, write_png
from eloss_plugins.report.spin_model import SpinDrawing, SpinReport

HEAD, CHARTS, ROW = 0.95, 3.4, 2.0  # inches
LIGHT, DARK, WRONG = "#f2e6c9", "#33475e", "#d43a2a"


def write_spin_picture(path: Path, report: SpinReport) -> None:
    """Draw title, outcome, gaps, their course, and predicted lattices as a PNG.

    Raises:
        OSError: no space, no permission, no folder.
    """
    height = HEAD + CHARTS + ROW * len(report.rows)
    figure = sheet(height)
    head(figure, height, report.title, report.findings[0])
    top, low = 1 - (HEAD + 0.2) / height, 1 - (HEAD + CHARTS - 0.55) / height
    _bars(figure.add_axes((0.14, low, 0.34, top - low)), report)
    _courses(figure.add_axes((0.56, low, 0.41, top - low)), report)
    for place, row in enumerate(report.rows):
        bottom = (ROW * (len(report.rows) - place - 1) + 0.1) / height
        _lattices(figure, row.drawings, bottom, (ROW - 0.45) / height)
    write_png(path, figure)


def _bars(axes: Any, report: SpinReport) -> None:
    losses = list(reversed(report.losses))
    inks = [COLOURS[report.losses.index(loss) % len(COLOURS)] for loss in losses]
    names = ["fair coins", *(loss.label for loss in losses)]
    gaps = [report.chance, *(loss.gap for loss in losses)]
    errors = [0.0, *(loss.error for loss in losses)]
    axes.barh(range(len(gaps)), gaps, xerr=errors, color=[RULE, *inks], ecolor=INK)
    for place, loss in enumerate(losses, start=1):
        axes.plot(loss.seeds, [place] * len(loss.seeds), ".", color=INK, ms=4)
    for place, gap in enumerate(gaps):
        axes.text(gap + errors[place], place, f"  {gap:.1f}", va="center", fontsize=9, color=INK)
    axes.set_yticks(range(len(gaps)), names)
    axes.set_xlim(0, 1.15 * max(gaps))
    _finish(axes, "energy gap to the ground state")


def _courses(axes: Any, report: SpinReport) -> None:
    for place, loss in enumerate(report.losses):
        style = "-" if place < len(COLOURS) else "--"
        ink = COLOURS[place % len(COLOURS)]
        axes.plot(loss.curve.steps, loss.curve.values, style, color=ink, lw=1.3, label=loss.label)
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=7, frameon=False, ncols=2)
    _finish(axes, "energy gap on the test set over training")
    axes.set_xlabel("optimiser steps", fontsize=8.5, color=SOFT)


def _finish(axes: Any, title: str) -> None:
    axes.set_title(title, fontsize=10, color=INK, loc="left")
    axes.tick_params(labelsize=8.5, colors=SOFT)
    axes.spines[["top", "right"]].set_visible(False)


def _lattices(figure: Any, drawings: Sequence[SpinDrawing], bottom: float, height: float) -> None:
    width = 0.95 / len(drawings)
    for place, shown in enumerate(drawings):
        axes = figure.add_axes((0.03 + place * width, bottom, 0.92 * width, height))
        lattice = [[LIGHT if spin > 0 else DARK for spin in row] for row in shown.spins]
        _squares(axes, lattice)
        wrong = [(c, r) for r, row in enumerate(shown.wrong) for c, it in enumerate(row) if it]
        for c, r in wrong:
            axes.plot(c, r, "o", mfc="none", mec=WRONG, ms=5, mew=1.3)
        axes.set_title(shown.title, fontsize=8.5, color=INK)


def _squares(axes: Any, colours: Sequence[Sequence[str]]) -> None:
    from matplotlib.colors import to_rgb

    axes.imshow([[to_rgb(colour) for colour in row] for row in colours])
    axes.axis("off")
