"""Edges for atoms that bend easily: an atom held from one side alone makes the whole graph soft."""

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.jit import compiled
from eloss_plugins.graphs.rigid.adjacency import are_neighbours
from eloss_plugins.graphs.rigid.springs import (
    add_spring,
    gain,
    is_stiff,
    unit_direction,
)

LEAST_GAIN = 0.02
"""Compliance at an atom, relative to an edge along its softest direction, for an edge to be worth
its cost: below it, all others lie across that direction, as in a plane."""


@compiled
def complete_locally(
    points: NDArray[np.float64],
    sites: NDArray[np.int64],
    lists: tuple[NDArray[np.int64], NDArray[np.int64]],
    stiffness: NDArray[np.float64],
    least: float,
    draws: NDArray[np.float64],
) -> NDArray[np.int64]:
    """New edges `(edges, 2)` for every atom whose own stiffness has an eigenvalue under `least`.

    Args:
        points: `(atoms, rank)`.
        sites: `(atoms,)` first atom at the place of each.
        lists: neighbours of each atom, as `neighbour_lists` gives them.
        stiffness: `(atoms, rank, rank)` each atom's own; updated.
        least: eigenvalue wanted.
        draws: `(atoms, most, candidates)` in [0, 1); `most` edges are tried for each atom.
    """
    num_atoms, most = draws.shape[0], draws.shape[1]
    added = np.full((num_atoms, most), -1)
    direction = np.zeros(points.shape[1])
    for atom in range(num_atoms):
        for k in range(most):
            if is_stiff(stiffness[atom], least):
                break
            best, best_gain = -1, 0.0
            for draw in draws[atom, k]:
                other = int(draw * num_atoms)
                if sites[other] == sites[atom]:
                    continue
                won = gain(points, stiffness, (atom, other), direction)
                if won > best_gain and not _are_tied(lists, added, atom, other):
                    best, best_gain = other, won
            if best >= 0:
                unit_direction(points, atom, best, direction)
                add_spring(stiffness, atom, best, direction)
                added[atom, k] = best
    return _listed(added)


@compiled
def _are_tied(
    lists: tuple[NDArray[np.int64], NDArray[np.int64]],
    added: NDArray[np.int64],
    first: int,
    second: int,
) -> bool:
    new = (added[first] == second).any() or (added[second] == first).any()
    return bool(new or are_neighbours(lists[0], lists[1], first, second))


@compiled
def _listed(added: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pairs of each atom with the partners that it was given."""
    pairs = np.empty((int((added >= 0).sum()), 2), np.int64)
    count = 0
    for atom in range(len(added)):
        for other in added[atom]:
            if other >= 0:
                pairs[count, 0] = atom
                pairs[count, 1] = other
                count += 1
    return pairs
