"""Learning rates from a sweep."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import isnan

from eloss_plugins.shapes.losses import Contender
from eloss_plugins.shapes.results import Measured

Scores = dict[tuple[str, float], float]
"""By label and learning rate."""


def scores(tried: Iterable[Measured]) -> Scores:
    """The mean of Q_r over the angles of the sweep; what is not finite counts as minus infinity."""
    found: dict[tuple[str, float], list[float]] = defaultdict(list)
    for one in tried:
        value = one.result.quality.fidelity
        key = (one.run.contender.label, one.run.contender.rate)
        found[key].append(-float("inf") if isnan(value) else value)
    return {key: sum(values) / len(values) for key, values in found.items()}


def with_best_rates(contenders: Sequence[Contender], found: Scores) -> tuple[Contender, ...]:
    """The losses with the rate that scored highest; those that were not swept as they are."""
    return tuple(_with_best_rate(contender, found) for contender in contenders)


def _with_best_rate(contender: Contender, found: Scores) -> Contender:
    mine = {rate: score for (label, rate), score in found.items() if label == contender.label}
    if not mine:
        return contender
    return replace(contender, learning_rate=max(mine, key=mine.__getitem__))
