"""Real molecules, judged as the generated ones are."""

from collections.abc import Sequence
from dataclasses import replace

from eloss_plugins.data.dataset import DataSet
from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.data.perception import with_bonds
from eloss_plugins.metrics.evaluate import Reference, evaluate
from eloss_plugins.metrics.evaluation import STATED_LABELS, Evaluation
from eloss_plugins.report.model import LossRuns
from eloss_plugins.trainers.validation import choose


def ceiling(data: DataSet, at_most: int, *, stated: bool) -> Evaluation | None:
    """The evaluation of as many real molecules that no run has seen; None where there are none.

    Args:
        data: what the runs were trained on.
        at_most: how many molecules.
        stated: judge them by their bonds too, which are found where the data state none.
    """
    real, train = held_out(data, at_most), data.split("train")
    if not len(real):
        return None
    if not stated:
        return evaluate(real, train)
    reference = Reference.of(train, with_bonds(train))
    by_bonds = evaluate(with_bonds(real), reference).rates
    plain = evaluate(replace(real, bonds=None, formal_charges=None), reference)
    added = {name: by_bonds[name] for name in STATED_LABELS if name in by_bonds}
    return replace(plain, rates={**plain.rates, **added})


def state_bonds(groups: Sequence[LossRuns]) -> bool:
    """Whether some run made molecules that state their bonds."""
    judged = [run.evaluation.rates for group in groups for run in group.seeds]
    return any(name in rates for rates in judged for name in STATED_LABELS)


def held_out(data: DataSet, at_most: int) -> MoleculeSet:
    """That many test molecules, a fixed random choice: sets may be listed by size, small first."""
    return data.molecules.subset(choose(data.splits["test"], data.molecules.sizes, at_most))
