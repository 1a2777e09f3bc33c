"""The tables of an experiment."""

from collections.abc import Sequence

from eloss_plugins.report.model import Table
from eloss_plugins.report.numbers import NOTHING
from eloss_plugins.spins.experiment import Experiment, Finished
from eloss_plugins.spins.metrics import Judged, Measure, measures
from eloss_plugins.spins.references import PAPER, PROTOTYPE, PROTOTYPE_SETTINGS

COINS = "fair coins"
NUMBERS = ("loss", "energy gap", "spread", "gap / |E0|", "after descent", "overlap", "exact")
PUBLISHED = ("loss", "gap here", "with each seed", "gap / |E0| here", "prototype, 8 x 8")
PAPER_COLUMN = "paper, 16 x 16"

OF_NUMBERS = (
    "Energy gap E(predicted) - E0, mean and standard error over spin glasses and seeds; spread "
    "over spin glasses; the gap over |E0|; the gap after single spins were turned as long as that "
    "lowers the energy; overlap, the share of spins that agree up to the global sign; and how "
    "often the prediction has the energy of the ground state."
)
OF_PUBLISHED = (
    "The paper prints mean energies of 16 x 16 lattices as positive numbers; they can only be "
    "gaps. Gaps grow with the lattice. The prototype had other random numbers, with two seeds."
)


def numbers_table(held: Experiment) -> Table:
    """Everything that was measured."""
    rows = [_numbers(one.entry.label, one.runs) for one in held.losses]
    return Table("Table 5 anew", NUMBERS, (*rows, _numbers(COINS, [held.chance])), OF_NUMBERS)


def published_table(held: Experiment) -> Table:
    """The gaps beside those of others."""
    plan = held.plan
    settings = (plan.boundary, plan.couplings, plan.size, plan.instances, plan.common.epochs)
    note = OF_PUBLISHED
    if settings != PROTOTYPE_SETTINGS:
        note += " It ran at the default settings, not these."
    rows = tuple(_published(one) for one in held.losses)
    return Table("Beside published figures", (*PUBLISHED, PAPER_COLUMN), rows, note)


def _numbers(label: str, runs: Sequence[Judged]) -> tuple[str, ...]:
    found = measures(runs)
    gap = found["gap"]
    return (
        label,
        f"{gap.mean:.2f} ± {gap.error:.2f}",
        f"{gap.spread:.2f}",
        _percent(found["relative"]),
        f"{found['settled'].mean:.2f} ± {found['settled'].error:.2f}",
        _percent(found["overlap"]),
        _percent(found["exact"]),
    )


def _published(one: Finished) -> tuple[str, ...]:
    found, loss = measures(one.runs), one.entry.loss
    return (
        one.entry.label,
        f"{found['gap'].mean:.2f}",
        " / ".join(f"{value:.2f}" for value in found["gap"].seeds),
        f"{found['relative'].mean:.3f}",
        " / ".join(f"{value:g}" for value in PROTOTYPE.get(loss, ())) or NOTHING,
        f"{PAPER[loss]:g}" if loss in PAPER else NOTHING,
    )


def _percent(one: Measure) -> str:
    return f"{100 * one.mean:.1f} ± {100 * one.error:.1f} %"
