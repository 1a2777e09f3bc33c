"""The page of a spin experiment as one HTML file that opens anywhere, without a network."""

from html import escape
from pathlib import Path

from markupsafe import Markup

from eloss_plugins.atomic_write import atomic_write_text
from eloss_plugins.report import templates
from eloss_plugins.report.chart import (
    BOTTOM,
    COLOURS,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    ChartView,
    Line,
    axis_labels,
    framed,
    grid,
    line_chart,
    shortened,
)
from eloss_plugins.report.scale import Scale, even_scale
from eloss_plugins.report.spin_model import SpinDrawing, SpinLoss, SpinReport

GAPS = "Mean energy gap to the ground state: all seeds together with standard error, dots for each."
CURVES = "Mean energy gap on the test set after each epoch, mean over the seeds."
GAP_LABEL = "energy gap"
SIDE = 12  # units of a site in a drawing
BAR = 0.62  # of the height of a row
ROOM_FOR_NUMBERS = 1.25  # of the longest bar


def write_spins(path: Path, report: SpinReport) -> None:
    """Write the page in one step: whole or not at all; all text from outside is escaped.

    Raises:
        OSError: no space, no permission, no folder.
    """
    atomic_write_text(path, render(report))


def render(report: SpinReport) -> str:
    """The page as text."""
    rows = [
        (row.title, [(it.title, Markup(drawing(it))) for it in row.drawings]) for row in report.rows
    ]
    return templates.render(
        "spins.html.j2",
        report=report,
        findings=report.findings,
        charts=chart_views(report),
        rows=rows,
    )


def chart_views(report: SpinReport) -> list[ChartView]:
    """Gaps of all losses, and their course over training."""
    lines = [
        Line(loss.label, loss.curve, place, place // COLOURS)
        for place, loss in enumerate(report.losses)
    ]
    return [
        ChartView(GAPS, Markup(gap_chart(report))),
        ChartView(CURVES, Markup(line_chart(lines, GAP_LABEL, CURVES))),
    ]


def gap_chart(report: SpinReport) -> str:
    """A bar for each loss, with its standard error and a dot for each seed."""
    longest = max(
        report.chance, *(max(loss.gap + loss.error, *loss.seeds, 0.0) for loss in report.losses)
    )
    values = [0.0, ROOM_FOR_NUMBERS * longest]
    x = even_scale(values, LEFT + 62, WIDTH - RIGHT / 4)
    step = (HEIGHT - TOP - BOTTOM) / (len(report.losses) + 1)
    parts = _floor(x)
    for place, loss in enumerate(report.losses):
        parts += _bar(loss, x, TOP + place * step, step, place)
    parts += _chance(report.chance, x, TOP + len(report.losses) * step, step)
    parts += axis_labels(GAP_LABEL, "", x)
    return framed(parts, GAPS)


def drawing(shown: SpinDrawing) -> str:
    """Spins as light and dark squares; a ring around each that differs from the ground state."""
    rows, columns = len(shown.spins), len(shown.spins[0])
    cells = [
        f'<rect class="spin {"up" if spin > 0 else "down"}" x="{c * SIDE}" y="{r * SIDE}" '
        f'width="{SIDE}" height="{SIDE}"/>'
        for r, row in enumerate(shown.spins)
        for c, spin in enumerate(row)
    ]
    rings = [
        f'<circle class="wrong" cx="{c * SIDE + SIDE / 2}" cy="{r * SIDE + SIDE / 2}" r="3.4"/>'
        for r, row in enumerate(shown.wrong)
        for c, wrong in enumerate(row)
        if wrong
    ]
    return (
        f'<svg class="spins" viewBox="-1 -1 {columns * SIDE + 2} {rows * SIDE + 2}" role="img" '
        f'aria-label="{escape(shown.title)}">{"".join(cells + rings)}</svg>'
    )


def _floor(x: Scale) -> list[str]:
    """The axis below alone."""
    no_rows = even_scale([], HEIGHT - BOTTOM, TOP)
    return [part for part in grid(x, no_rows) if 'class="grid"' not in part]


def _bar(loss: SpinLoss, x: Scale, top: float, step: float, place: int) -> list[str]:
    start, end, middle = x.place(0.0), x.place(loss.gap), top + step / 2
    low, high = x.place(loss.gap - loss.error), x.place(loss.gap + loss.error)
    thick, furthest = BAR * step, max(high, *(x.place(value) for value in loss.seeds))
    dots = [
        f'<circle class="seed-dot" cx="{x.place(value):.1f}" cy="{middle:.1f}" r="2.4"/>'
        for value in loss.seeds
    ]
    return [
        f'<rect class="dot c{place % COLOURS}" x="{start:.1f}" y="{middle - thick / 2:.1f}" '
        f'width="{max(end - start, 0.5):.1f}" height="{thick:.1f}" opacity=".8"/>',
        f'<line class="axis" x1="{low:.1f}" x2="{high:.1f}" y1="{middle:.1f}" y2="{middle:.1f}"/>',
        *dots,
        *_words(loss.label, f"{loss.gap:.1f} ± {loss.error:.1f}", x, furthest, middle),
    ]


def _chance(value: float, x: Scale, top: float, step: float) -> list[str]:
    start, end, middle = x.place(0.0), x.place(value), top + step / 2
    line = (
        f'<rect class="chance" x="{start:.1f}" y="{middle - BAR * step / 2:.1f}" '
        f'width="{end - start:.1f}" height="{BAR * step:.1f}"/>'
    )
    return [line, *_words("fair coins", f"{value:.1f}", x, end, middle)]


def _words(label: str, number: str, x: Scale, end: float, middle: float) -> list[str]:
    return [
        f'<text x="{x.start - 4:.1f}" y="{middle + 4:.1f}" text-anchor="end">'
        f"<title>{escape(label)}</title>{escape(shortened(label))}</text>",
        f'<text x="{end + 7:.1f}" y="{middle + 4:.1f}">{number}</text>',
    ]
