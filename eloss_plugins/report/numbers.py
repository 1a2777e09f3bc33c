"""Numbers as words: the same digits in the page, the text and the picture."""

from math import inf

from eloss_plugins.metrics.rate import Rate
from eloss_plugins.report.columns import Cell, Column

NOTHING = "–"
"""Stands where a run has no number."""

DIGITS = {"Å": 3, "nats": 2}


def spread_text(column: Column, cell: Cell) -> str:
    """Mean and standard deviation over seeds: `42.0 ± 1.3 %`; no deviation for one seed."""
    scale, digits, unit = _form(column, cell)
    mean = f"{scale * cell.spread.mean:.{digits}f}"
    deviation = cell.spread.deviation
    around = "" if deviation is None else f" ± {scale * deviation:.{digits}f}"
    return f"{mean}{around} {unit}"


def centre_text(column: Column, cell: Cell) -> str:
    """The number by which losses are ranked: pooled over seeds for rates."""
    scale, digits, unit = _form(column, cell)
    return f"{scale * cell.centre:.{digits}f} {unit}"


def interval_text(column: Column, cell: Cell) -> str:
    """The 95 % interval; empty when a single seed gives none."""
    low, high = cell.interval()
    scale, digits, _ = _form(column, cell)
    return "" if high == inf else f"[{scale * low:.{digits}f}, {scale * high:.{digits}f}]"


def counts_text(cell: Cell) -> str:
    """Numerator and denominator over all seeds; empty for what is no rate."""
    return f"{cell.pooled.numerator}/{cell.pooled.denominator}" if cell.pooled else ""


def value_text(column: Column, value: Rate | float | None) -> str:
    """What a single run has."""
    if value is None:
        return NOTHING
    if isinstance(value, Rate):
        return str(value)
    return f"{value:.{DIGITS[column.unit]}f} {column.unit}"


def duration(seconds: float | None) -> str:
    """Wall time in the unit that fits."""
    if seconds is None:
        return "not known"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"


def _form(column: Column, cell: Cell) -> tuple[float, int, str]:
    if cell.pooled is not None:
        return 100.0, 1, "%"
    return 1.0, DIGITS[column.unit], column.unit
