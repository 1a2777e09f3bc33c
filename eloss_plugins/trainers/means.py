"""Running means of what a step measures, without waiting for the device in every step."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from eloss_plugins.trainers.processes.ranks import Ranks

MeansState = dict[str, dict[str, float]]


class Means:
    """Weighted sums since the last time they were taken."""

    def __init__(self) -> None:
        self._sums: dict[str, Tensor | float] = {}
        self._weights: dict[str, float] = {}

    def add(self, values: Mapping[str, Tensor | float], weight: float = 1.0) -> None:
        """Add each value times `weight`; tensors are detached scalars."""
        for name, value in values.items():
            self._sums[name] = self._sums.get(name, 0.0) + value * weight
            self._weights[name] = self._weights.get(name, 0.0) + weight

    def take(self, ranks: Ranks) -> dict[str, float]:
        """The mean of each name over all ranks; starts afresh."""
        state = self.state()
        names = sorted({name for other in ranks.gather(list(state["sums"])) for name in other})
        sums = ranks.total([state["sums"].get(name, 0.0) for name in names])
        weights = ranks.total([state["weights"].get(name, 0.0) for name in names])
        self._sums, self._weights = {}, {}
        return {n: s / w for n, s, w in zip(names, sums, weights, strict=True) if w}

    def state(self) -> MeansState:
        """Plain numbers for a checkpoint."""
        sums = {name: float(torch.as_tensor(value)) for name, value in self._sums.items()}
        return {"sums": sums, "weights": dict(self._weights)}

    def load(self, state: MeansState) -> None:
        """Go on from what `state` gave."""
        self._sums, self._weights = dict(state["sums"]), dict(state["weights"])


def together(states: Sequence[MeansState], ranks: Ranks) -> MeansState:
    """What ranks of another number had added up, for rank 0 to go on with."""
    summed: MeansState = {"sums": {}, "weights": {}}
    for state in states if ranks.is_main else ():
        for kind, values in state.items():
            for name, value in values.items():
                summed[kind][name] = summed[kind].get(name, 0.0) + value
    return summed
