"""The line or plane that an atom's anchors span while they are chosen, and heights above it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.jit import compiled


class Flat(NamedTuple):
    """The anchors of one atom so far.

    Attributes:
        anchors: `(rank + 1,)` or longer, filled from the front.
        frame: `(rank, rank)` orthonormal rows, one for each anchor but the first.
        arm: `(rank,)` room for one vector.
    """

    anchors: NDArray[np.int64]
    frame: NDArray[np.float64]
    arm: NDArray[np.float64]


@compiled
def height_above(points: NDArray[np.float64], flat: Flat, count: int, atom: int) -> float:
    """Of an atom above the flat of the first `count` anchors, whose arm it leaves in `flat`.

    Above no anchors the height is infinite.
    """
    if count == 0:
        return np.inf
    arm, origin = flat.arm, flat.anchors[0]
    for axis in range(len(arm)):
        arm[axis] = points[atom, axis] - points[origin, axis]
    for row in range(count - 1):
        along = 0.0
        for axis in range(len(arm)):
            along += arm[axis] * flat.frame[row, axis]
        for axis in range(len(arm)):
            arm[axis] -= along * flat.frame[row, axis]
    return _length(arm)


@compiled
def rises(
    points: NDArray[np.float64], flat: Flat, count: int, atom: int, least: float, slant: float
) -> bool:
    """Whether an atom is high above the flat, and not only because it is far away.

    Args:
        points: `(atoms, rank)`.
        flat: the anchors, of which `count` are there.
        count: how many.
        atom: the atom.
        least: height that it needs.
        slant: height that it needs as a fraction of its distance from the first anchor.
    """
    height = height_above(points, flat, count, atom)
    if height < least or count == 0:
        return height >= least
    arm, origin = flat.arm, flat.anchors[0]
    for axis in range(len(arm)):
        arm[axis] = points[atom, axis] - points[origin, axis]
    return height >= slant * _length(arm)


@compiled
def add_anchor(points: NDArray[np.float64], flat: Flat, count: int, atom: int) -> int:
    """Make an atom the next anchor and widen the flat by it; the new count."""
    height = height_above(points, flat, count, atom)
    flat.anchors[count] = atom
    if count > 0:
        for axis in range(len(flat.arm)):
            flat.frame[count - 1, axis] = flat.arm[axis] / height if height > 0.0 else 0.0
    return count + 1


@compiled
def highest(
    points: NDArray[np.float64], flat: Flat, count: int, atoms: NDArray[np.int64]
) -> tuple[int, float]:
    """Of some atoms the first highest above the flat, and its height; -1 and 0 if all are in it."""
    best, best_height = -1, 0.0
    for atom in atoms:
        height = height_above(points, flat, count, atom)
        if height > best_height:
            best, best_height = atom, height
    return best, best_height


@compiled
def take_highest(
    points: NDArray[np.float64], flat: Flat, atoms: NDArray[np.int64], least: NDArray[np.float64]
) -> int:
    """Start anew, with the highest of some atoms above those before, as long as it is high enough.

    Args:
        points: `(atoms, rank)`.
        flat: written; -1 behind the anchors.
        atoms: those to choose from.
        least: height that the first, second ... anchor needs.

    Returns:
        How many anchors there are.
    """
    flat.anchors[:] = -1
    for count in range(len(least)):
        best, height = highest(points, flat, count, atoms)
        if best < 0 or height < least[count]:
            return count
        add_anchor(points, flat, count, best)
    return len(least)


@compiled
def _length(arm: NDArray[np.float64]) -> float:
    squared = 0.0
    for axis in range(len(arm)):
        squared += arm[axis] ** 2
    return float(np.sqrt(squared))
