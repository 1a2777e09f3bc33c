"""Which loss is ahead, in words that the numbers alone decide.

A loss is ahead of another in a column when three things hold: there are two seeds or more of each,
their 95 % intervals do not overlap, and every seed of one beats every seed of the other. The
interval of pooled counts alone would miss the spread between training runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eloss_plugins.report.columns import NEITHER, Cell, Column, cell_of
from eloss_plugins.report.model import Report
from eloss_plugins.report.numbers import centre_text, counts_text
from eloss_plugins.report.spread import apart

FEWEST_SEEDS = 2


@dataclass(frozen=True)
class Verdict:
    """The outcome in one column.

    Attributes:
        leader: the loss that is ahead of all others; None when undecided.
        sentence: the outcome in words, with the numbers.
    """

    leader: str | None
    sentence: str


def verdict(report: Report, column: Column) -> Verdict:
    """The outcome of one column, by the rule above; it knows no loss by name."""
    found = {group.loss: cell_of(column, group) for group in report.groups}
    cells = {loss: cell for loss, cell in found.items() if cell is not None}
    if column.better == NEITHER or len(cells) < 2:
        return Verdict(None, f"{_heading(column)}: nothing to decide.")
    ranked = sorted(cells, key=lambda loss: -column.better * cells[loss].centre)
    contenders = [loss for loss in ranked[1:] if not separate(cells[ranked[0]], cells[loss])]
    if contenders:
        return Verdict(None, _undecided(column, cells, [ranked[0], *contenders]))
    return Verdict(ranked[0], _ahead(column, cells, ranked))


def separate(first: Cell, second: Cell) -> bool:
    """Whether two cells differ by the rule above."""
    low, high = first.interval()
    other_low, other_high = second.interval()
    return (
        min(len(first.spread.values), len(second.spread.values)) >= FEWEST_SEEDS
        and (low > other_high or other_low > high)
        and apart(first.spread.values, second.spread.values)
    )


def _ahead(column: Column, cells: Mapping[str, Cell], ranked: Sequence[str]) -> str:
    best, others = ranked[0], ranked[1:]
    return (
        f"{_heading(column)}: {best} is ahead with {_number(column, cells[best])}, against "
        f"{_listed([f'{loss} with {_number(column, cells[loss])}' for loss in others])}. "
        "The intervals do not overlap, and every seed is ahead of every other."
    )


def _undecided(column: Column, cells: Mapping[str, Cell], contenders: Sequence[str]) -> str:
    numbers = _listed([f"{loss} {_number(column, cells[loss])}" for loss in contenders])
    why = _why([cells[loss] for loss in contenders])
    return f"{_heading(column)}: undecided between {numbers}; {why}."


def _why(cells: Sequence[Cell]) -> str:
    if min(len(cell.spread.values) for cell in cells) < FEWEST_SEEDS:
        return "one seed says nothing about the spread between training runs"
    (low, high), *others = (cell.interval() for cell in cells)
    if any(low <= other_high and other_low <= high for other_low, other_high in others):
        return "the 95 % intervals overlap"
    return "single seeds overlap"


def _heading(column: Column) -> str:
    return column.label[:1].upper() + column.label[1:]


def _number(column: Column, cell: Cell) -> str:
    counts = counts_text(cell)
    return centre_text(column, cell) + (f" ({counts})" if counts else "")


def _listed(items: Sequence[str]) -> str:
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)
