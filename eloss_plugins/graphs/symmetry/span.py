"""What a few points span, and how far others are from it, for compiled loops."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.jit import compiled


class Span(NamedTuple):
    """Points that were taken one after the other, and the directions that each added.

    Attributes:
        taken: `(rank + 1,)` filled from the front, -1 behind.
        axes: `(rank, rank)` orthonormal rows, one for each point but the first.
        offset: `(rank,)` room for one vector.
    """

    taken: NDArray[np.int64]
    axes: NDArray[np.float64]
    offset: NDArray[np.float64]


@compiled
def distance_from(points: NDArray[np.float64], span: Span, count: int, atom: int) -> float:
    """Of a point from the flat of the first `count` taken; its offset is left in `span`.

    From the flat of none it is infinite.
    """
    if count == 0:
        return np.inf
    offset = span.offset
    offset[:] = points[atom] - points[span.taken[0]]
    for row in range(count - 1):
        offset -= (offset * span.axes[row]).sum() * span.axes[row]
    return float(np.sqrt((offset * offset).sum()))


@compiled
def take_widest(
    points: NDArray[np.float64], atoms: NDArray[np.int64], rises: NDArray[np.float64], span: Span
) -> int:
    """Take of some atoms the farthest from those taken, as long as it is far enough; how many.

    Args:
        points: `(atoms, rank)`.
        atoms: those to choose from.
        rises: `(rank + 1,)` distance that the first, second ... must have.
        span: written.
    """
    span.taken[:] = -1
    for count in range(len(rises)):
        best, farthest = -1, 0.0
        for atom in atoms:
            distance = distance_from(points, span, count, atom)
            if distance > farthest:
                best, farthest = atom, distance
        if best < 0 or farthest < rises[count]:
            return count
        span.taken[count] = best
        if count > 0:
            distance_from(points, span, count, best)
            span.axes[count - 1] = span.offset / farthest
    return len(rises)
