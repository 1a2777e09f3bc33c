"""The line or plane that an atom's anchors span while they are chosen, and heights above it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.jit import compiled


class Flat(NamedTuple):
    """The anchors of one atom so far.

    Attributes:
        anchors: `(D + 1,)`, filled from the front.
        frame: `(rank, rank)` orthonormal rows, one for each anchor but the first.
        arm: `(rank,)` room for one vector.
    """

    anchors: NDArray[np.int64]
    frame: NDArray[np.float64]
    arm: NDArray[np.float64]


@compiled
def height_above(
    points: NDArray[np.float64], flat: Flat, count: int, atom: int
) -> tuple[float, float]:
    """Of an atom above the flat of the first `count` anchors, and its distance from the first.

    It leaves the arm in `flat`. Above no anchors the height is infinite.
    """
    if count == 0:
        return np.inf, 0.0
    arm, origin = flat.arm, flat.anchors[0]
    for axis in range(len(arm)):
        arm[axis] = points[atom, axis] - points[origin, axis]
    distance = _length(arm)
    for row in range(count - 1):
        along = 0.0
        for axis in range(len(arm)):
            along += arm[axis] * flat.frame[row, axis]
        for axis in range(len(arm)):
            arm[axis] -= along * flat.frame[row, axis]
    return _length(arm), distance


@compiled
def add_anchor(points: NDArray[np.float64], flat: Flat, count: int, atom: int) -> int:
    """Make an atom the next anchor and widen the flat by it; the new count."""
    height, _ = height_above(points, flat, count, atom)
    flat.anchors[count] = atom
    if 0 < count <= len(flat.frame):
        for axis in range(len(flat.arm)):
            flat.frame[count - 1, axis] = flat.arm[axis] / height
    return count + 1


@compiled
def highest(
    points: NDArray[np.float64], flat: Flat, count: int, atoms: NDArray[np.int64]
) -> tuple[int, float]:
    """Of some atoms the first highest above the flat, and its height; -1 and 0 if all are in it."""
    best, best_height = -1, 0.0
    for atom in atoms:
        height, _ = height_above(points, flat, count, atom)
        if height > best_height:
            best, best_height = atom, height
    return best, best_height


@compiled
def _length(arm: NDArray[np.float64]) -> float:
    squared = 0.0
    for axis in range(len(arm)):
        squared += arm[axis] ** 2
    return float(np.sqrt(squared))
