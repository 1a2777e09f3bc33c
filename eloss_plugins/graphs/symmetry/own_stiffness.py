"""How stiffly each atom is held by its own edges, counted in whole orbits of pairs."""

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.rigid.graph import Kind
from eloss_plugins.graphs.rigid.springs import SOFTEST
from eloss_plugins.graphs.symmetry.growth import Growth

LEAST_GAIN = 0.02
"""Stiffness along the softest direction that an edge must bring: in a plane none does."""

MOST_EDGES = 2.0
"""Edges an atom that one orbit of pairs may have to be added for stiffness."""

Atoms = NDArray[np.int64]


def compliances(
    growth: Growth, atom: int, anchors: Atoms, has: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """`(anchors,)` u^T S^-1 u of new edges, S being the stiffness of an atom by those it has."""
    directions = _directions(growth, atom, anchors)
    stiffness = directions[has].T @ directions[has] + SOFTEST * np.eye(directions.shape[1])
    solved = np.linalg.solve(stiffness, directions.T)
    return np.asarray(np.einsum("ad,da->a", directions, solved))


def stiffen(growth: Growth, least: float, most: int) -> None:
    """Add orbits of pairs for atoms whose own stiffness has an eigenvalue under `least`.

    Args:
        growth: a set of orbits that fixes all atoms.
        least: eigenvalue wanted, unit springs.
        most: orbits that one orbit of atoms may add for it, of `MOST_EDGES` edges an atom each.
    """
    labels = growth.table.atom_labels
    for atom in np.unique(labels, return_index=True)[1]:
        for _ in range(most):
            if not _stiffen_once(growth, int(atom), least):
                break


def _stiffen_once(growth: Growth, atom: int, least: float) -> bool:
    others = np.flatnonzero(growth.table.apart[atom])
    labels = growth.table.labels[atom, others]
    directions = _directions(growth, atom, others)
    has = growth.chosen[labels]
    values, vectors = np.linalg.eigh(directions[has].T @ directions[has])
    if values[0] >= least:
        return False
    price = growth.table.price(atom)[others]
    gains = np.bincount(labels, np.square(directions @ vectors[:, 0]), growth.table.num_labels)
    worth = np.where(~has & (price <= MOST_EDGES), gains[labels] / price, 0.0)
    best = int(worth.argmax())
    if worth[best] < LEAST_GAIN:
        return False
    growth.choose(labels[best : best + 1], Kind.LOCAL)
    return True


def _directions(growth: Growth, atom: int, others: Atoms) -> NDArray[np.float64]:
    arms = growth.points[others] - growth.points[atom]
    return np.asarray(arms / np.linalg.norm(arms, axis=1, keepdims=True))
