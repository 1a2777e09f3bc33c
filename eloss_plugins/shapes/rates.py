"""Learning rates from a sweep."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf, isnan

from eloss_plugins.shapes.losses import Contender
from eloss_plugins.shapes.results import Measured


@dataclass(frozen=True)
class Tried:
    """Q_r of one loss with one rate, over the seeds of a sweep; minus infinity if not finite.

    Attributes:
        label: of the loss.
        rate: learning rate.
        mean: over seeds.
        low: the least of them.
        high: the greatest.
    """

    label: str
    rate: float
    mean: float
    low: float
    high: float


def scores(swept: Iterable[Measured]) -> tuple[Tried, ...]:
    """What every rate came to, in the order of the runs."""
    found: dict[tuple[str, float], list[float]] = {}
    for one in swept:
        value = one.result.quality.fidelity
        key = (one.run.contender.label, one.run.contender.rate)
        found.setdefault(key, []).append(-inf if isnan(value) else value)
    return tuple(
        Tried(label, rate, sum(values) / len(values), min(values), max(values))
        for (label, rate), values in found.items()
    )


def best(tried: Sequence[Tried]) -> float:
    """The least rate whose seeds reach those of the rate with the highest mean.

    Rates that seeds do not tell apart are as good as each other, and a lower one is steadier.
    """
    leader = max(tried, key=lambda one: one.mean)
    return min(one.rate for one in tried if one.high >= leader.low)


def with_best_rates(
    contenders: Sequence[Contender], tried: Sequence[Tried]
) -> tuple[Contender, ...]:
    """The losses with the best of the rates tried for them; those that were not swept as is."""
    return tuple(_with_best_rate(contender, tried) for contender in contenders)


def _with_best_rate(contender: Contender, tried: Sequence[Tried]) -> Contender:
    mine = [one for one in tried if one.label == contender.label]
    return replace(contender, learning_rate=best(mine)) if mine else contender
