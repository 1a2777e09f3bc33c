"""The columns of the comparison: what is compared, and which way is better."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

from eloss_plugins.metrics.evaluation import LABELS
from eloss_plugins.metrics.rate import Rate
from eloss_plugins.report.model import LossRuns, Report, SeedRun
from eloss_plugins.report.spread import Spread

HIGHER, LOWER, NEITHER = 1, -1, 0

NO_BETTER = ("uniqueness_of_valid", "novelty", "novelty_2d")
"""Rates that a broken generator can lead: of its few valid molecules, all are unique and new."""


@dataclass(frozen=True)
class Column:
    """One compared number.

    Attributes:
        name: a rate's name, or `distances`, `bond_lengths`, `nll`.
        label: its heading.
        better: HIGHER, LOWER, or NEITHER when leading means nothing.
        value: what one run has; None when it has none.
        unit: of plain numbers; rates are percentages.
    """

    name: str
    label: str
    better: int
    value: Callable[[SeedRun], Rate | float | None]
    unit: str = ""


@dataclass(frozen=True)
class Cell:
    """What one loss has in one column.

    Attributes:
        spread: over the seeds that have a value.
        pooled: counts of all seeds together, for rates.
    """

    spread: Spread
    pooled: Rate | None

    def interval(self) -> tuple[float, float]:
        """95 %: Wilson's of the pooled counts for rates, else Student's over seeds."""
        return self.pooled.interval() if self.pooled else self.spread.interval()

    @property
    def centre(self) -> float:
        """The number by which losses are ranked."""
        return self.pooled.value if self.pooled else self.spread.mean


def columns_of(report: Report) -> list[Column]:
    """The columns that at least one run fills, in the order of tables."""
    candidates = [*(_rate_column(name) for name in LABELS), *LENGTHS, NLL]
    runs = [run for group in report.groups for run in group.seeds]
    return [c for c in candidates if any(c.value(run) is not None for run in runs)]


def cell_of(column: Column, group: LossRuns) -> Cell | None:
    """The cell of one loss; None when no run has a value."""
    found = [value for run in group.seeds if (value := column.value(run)) is not None]
    rates = [value for value in found if isinstance(value, Rate) and value.denominator]
    plain = [value for value in found if not isinstance(value, Rate)]
    if rates:
        return Cell(Spread(tuple(rate.value for rate in rates)), Rate.pooled(rates))
    return Cell(Spread(tuple(plain)), None) if plain else None


def _rate_column(name: str) -> Column:
    better = NEITHER if name in NO_BETTER else HIGHER
    return Column(name, LABELS[name], better, lambda run: run.evaluation.rates.get(name))


def _distances(run: SeedRun) -> float | None:
    return run.evaluation.geometry.distances if run.evaluation.geometry else None


def _bond_lengths(run: SeedRun) -> float | None:
    return run.evaluation.geometry.bond_lengths if run.evaluation.geometry else None


def _last_nll(run: SeedRun) -> float | None:
    values = run.curves["nll"].values if "nll" in run.curves else ()
    return values[-1] if values and isfinite(values[-1]) else None


LENGTHS = (
    Column("distances", "distance error (W1)", LOWER, _distances, "Å"),
    Column("bond_lengths", "bond-length error (W1)", LOWER, _bond_lengths, "Å"),
)
NLL = Column("nll", "validation NLL, last", LOWER, _last_nll, "nats")
