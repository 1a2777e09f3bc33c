"""Every draw that there is, with how likely it is: integrals over the random numbers."""

from collections.abc import Iterator

import numpy as np

from eloss_plugins.graphs.sampling import pairs
from eloss_plugins.graphs.sampling.draw import Drawn, draw
from eloss_plugins.graphs.sampling.plan import Plan


def _intervals(marks: np.ndarray) -> list[tuple[float, float]]:
    """Middle and width of the intervals in which a comb touches the same cells."""
    cuts = np.unique(np.concatenate([[0.0, 1.0], np.mod(marks, 1.0)]))
    return [((a + b) / 2, b - a) for a, b in zip(cuts[:-1], cuts[1:], strict=True)]


def outcomes(plan: Plan) -> Iterator[tuple[float, Drawn]]:
    """Probability and pairs of each draw."""
    every = pairs.count(plan.num_atoms)
    far = _intervals(plan.far_rate * np.arange(every + 1)) if plan.far_rate else [(0.0, 1.0)]
    for first, width in _intervals(plan.ends):
        for second, other in far:
            yield width * other, draw([plan], np.array([[first, second]]))
