"""The edges that physics asks for: bonds and angles, or near neighbours where bonds are unknown."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from eloss_plugins.graphs.jit import compiled
from eloss_plugins.graphs.rigid.adjacency import keys_of, neighbour_lists, pairs_of
from eloss_plugins.graphs.rigid.cloud import Cloud

MOST_BONDS = 16
"""Of one atom, for the pairs through it to be edges; no element bonds to more."""

TIE = 1e-3
"""Relative difference at which two distances from an atom are one shell."""

SPARE_NEIGHBOURS = 13
"""Looked up beyond those asked for, so that a shell of twelve is seen to its end."""


def bonded_edges(cloud: Cloud, bonds: NDArray[np.int64]) -> NDArray[np.int64]:
    """`(edges, 2)` bonds and pairs with a common neighbour, without coincident atoms, sorted."""
    num_atoms = len(cloud.sites)
    starts, members = neighbour_lists(num_atoms, bonds)
    angles = _pairs_through(starts, members, MOST_BONDS)
    return _distinct(cloud, np.concatenate([bonds, angles]))


def near_edges(cloud: Cloud, neighbours: int) -> NDArray[np.int64]:
    """`(edges, 2)` pairs of which one is among the nearest of the other, sorted.

    Shells are taken whole or not at all, so that the set has the symmetry of the points: the
    shell that holds the last neighbour asked for is in, unless it has over a dozen more.
    Of coincident atoms the first stands for all.
    """
    firsts = cloud.first_of_site
    if len(firsts) < 2:
        return np.zeros((0, 2), np.int64)
    count = min(len(firsts), neighbours + SPARE_NEIGHBOURS + 1)
    distances, indices = cKDTree(cloud.points[firsts]).query(cloud.points[firsts], k=count)
    inside = distances <= _reach(distances, min(neighbours, count - 1), count == len(firsts))
    rows = np.repeat(np.arange(len(firsts)), count).reshape(inside.shape)
    inside &= indices != rows
    return _distinct(cloud, np.stack([firsts[rows[inside]], firsts[indices[inside]]], axis=1))


def _reach(distances: NDArray[np.float64], neighbours: int, all_seen: bool) -> NDArray[np.float64]:
    """`(points, 1)` radius of the last whole shell."""
    reach = distances[:, neighbours] * (1 + TIE)
    cut = np.zeros(len(distances), bool) if all_seen else distances[:, -1] <= reach
    inner = distances[:, neighbours] * (1 - TIE)
    return np.where(cut, inner, reach)[:, None]


def _distinct(cloud: Cloud, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each pair once, sorted, and none of coincident atoms."""
    apart = cloud.sites[pairs[:, 0]] != cloud.sites[pairs[:, 1]]
    num_atoms = len(cloud.sites)
    keys = np.sort(keys_of(pairs[apart], num_atoms))
    is_new = np.append(True, keys[1:] != keys[:-1])[: len(keys)]
    return pairs_of(keys[is_new], num_atoms)


@compiled
def _pairs_through(
    starts: NDArray[np.int64], members: NDArray[np.int64], most: int
) -> NDArray[np.int64]:
    """Pairs of neighbours of each atom that has at most `most`; some twice."""
    total = 0
    for atom in range(len(starts) - 1):
        degree = starts[atom + 1] - starts[atom]
        if degree <= most:
            total += degree * (degree - 1) // 2
    pairs = np.empty((total, 2), np.int64)
    count = 0
    for atom in range(len(starts) - 1):
        low, high = starts[atom], starts[atom + 1]
        if high - low > most:
            continue
        for a in range(low, high):
            for b in range(a + 1, high):
                pairs[count, 0] = members[a]
                pairs[count, 1] = members[b]
                count += 1
    return pairs
