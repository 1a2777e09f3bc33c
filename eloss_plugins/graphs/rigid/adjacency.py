"""Neighbours of each atom, from a list of pairs, and pairs from numbers and back."""

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.jit import compiled

Pairs = NDArray[np.int64]
"""`(pairs, 2)` atoms."""


@compiled
def neighbour_lists(
    num_atoms: int, pairs: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Neighbours of all atoms end to end: atom i has `members[starts[i]:starts[i + 1]]`."""
    starts = np.zeros(num_atoms + 1, np.int64)
    for k in range(len(pairs)):
        starts[pairs[k, 0] + 1] += 1
        starts[pairs[k, 1] + 1] += 1
    for atom in range(num_atoms):
        starts[atom + 1] += starts[atom]
    place = starts[:-1].copy()
    members = np.empty(2 * len(pairs), np.int64)
    for k in range(len(pairs)):
        for side in range(2):
            atom = pairs[k, side]
            members[place[atom]] = pairs[k, 1 - side]
            place[atom] += 1
    return starts, members


def keys_of(pairs: NDArray[np.int64], num_atoms: int) -> NDArray[np.int64]:
    """One number for each pair, whichever way round; in the order of sorted pairs."""
    first, second = np.asarray(pairs, np.int64).reshape(-1, 2).T
    return np.asarray(np.minimum(first, second) * num_atoms + np.maximum(first, second))


def pairs_of(keys: NDArray[np.int64], num_atoms: int) -> NDArray[np.int64]:
    """The pairs of such numbers, the smaller atom first."""
    return np.stack(np.divmod(keys, max(num_atoms, 1)), axis=1)


@compiled
def are_neighbours(
    starts: NDArray[np.int64], members: NDArray[np.int64], first: int, second: int
) -> bool:
    """Whether a pair is an edge, by the shorter of its two lists."""
    if starts[first + 1] - starts[first] > starts[second + 1] - starts[second]:
        first, second = second, first
    return bool((members[starts[first] : starts[first + 1]] == second).any())
