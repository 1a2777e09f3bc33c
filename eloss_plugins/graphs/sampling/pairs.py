"""Unordered pairs of atoms as numbers, and back."""

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


def count(num_atoms: int) -> int:
    """Pairs of that many atoms."""
    return num_atoms * (num_atoms - 1) // 2


def every(num_atoms: int) -> Integers:
    """`(pairs, 2)` all pairs i < j, row by row."""
    return np.stack(np.triu_indices(num_atoms, 1), axis=1).astype(np.int64)


def key(pairs: NDArray[np.integer], num_atoms: int | Integers) -> Integers:
    """`(pairs,)` one number for each pair i < j."""
    return np.asarray(pairs[:, 0], np.int64) * num_atoms + pairs[:, 1]


def at_rank(rank: Integers) -> Integers:
    """`(pairs, 2)` the pair i < j at each rank in the order (0, 1), (0, 2), (1, 2), (0, 3), ...

    The order does not depend on the number of atoms, so that one call serves many molecules.
    """
    second = np.floor((1 + np.sqrt(1 + 8 * rank.astype(np.float64))) / 2).astype(np.int64)
    # The root rounds for ranks of 2**52 and more.
    second -= second * (second - 1) // 2 > rank
    second += (second + 1) * second // 2 <= rank
    return np.stack([rank - second * (second - 1) // 2, second], axis=1)


def near(positions: NDArray[np.float64], neighbours: int) -> Integers:
    """`(pairs, 2)` pairs i < j of which one is among the other's nearest neighbours, sorted."""
    from scipy.spatial import cKDTree

    if len(positions) <= neighbours + 1:
        return every(len(positions))
    _, found = cKDTree(positions).query(positions, neighbours + 1)
    first = np.repeat(np.arange(len(positions)), neighbours + 1)
    both = np.sort(np.stack([first, found.reshape(-1)], axis=1), axis=1)
    both = both[both[:, 0] != both[:, 1]]
    unique = np.unique(key(both, len(positions)))
    return np.stack(np.divmod(unique, len(positions)), axis=1)
