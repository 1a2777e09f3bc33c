"""Further atoms, tied by orbits of pairs that are small."""

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.rigid.graph import Kind
from eloss_plugins.graphs.symmetry.closure import FREE, SPANNED
from eloss_plugins.graphs.symmetry.growth import FLATNESS, Growth
from eloss_plugins.graphs.symmetry.own_stiffness import compliances

DEAR = 8.0
"""Edges an atom beyond which anchors are taken in whose flat the atom lies, if there are any."""

Atoms = NDArray[np.int64]


def tie(growth: Growth, atom: int, how: NDArray[np.int64], ease: float = 1.0) -> bool:
    """Choose orbits of edges that fix an atom by fixed ones; whether that is possible.

    The orbit of a pair (v, a) has as many edges for each image of v as a has images under the
    permutations that fix v. So anchors cost one edge an atom where v is in general position, and
    many where v is on an axis and the anchor is not. The cheapest that rise high enough are
    taken, of equal ones the one that stiffens v most. If that is dear and v lies on a line or in
    a plane of cheap anchors, those fix it too.

    Args:
        growth: the orbits so far; more are chosen.
        atom: v.
        how: `(atoms,)` how each atom is fixed.
        ease: fraction of the heights wanted that is asked for.
    """
    spanning, cost = _spanning(growth, atom, how, ease * growth.rises)
    if cost > DEAR:
        within, less = _around(growth, atom, how)
        if less < cost:
            images = growth.table.atom_labels == growth.table.atom_labels[atom]
            growth.may_lie_within |= images
            spanning = within
            cost = less
    if np.isfinite(cost):
        growth.choose(growth.table.labels[atom, spanning], Kind.CERTIFICATE)
    return bool(np.isfinite(cost))


def _anchors(growth: Growth, atom: int, how: NDArray[np.int64]) -> Atoms:
    return np.flatnonzero((how == SPANNED) & growth.table.apart[atom])


def _spanning(
    growth: Growth, atom: int, how: NDArray[np.int64], rises: NDArray[np.float64]
) -> tuple[Atoms, float]:
    """Anchors that span the space, and what their edges cost; infinite if there are none."""
    anchors = _anchors(growth, atom, how)
    labels, price = growth.table.labels[atom, anchors], growth.table.price(atom)[anchors]
    has = growth.chosen[labels]
    taken: list[int] = []
    cost = 0.0
    while True:
        arms, rank = _arms(growth.points[anchors], has, rises)
        if rank == len(rises):
            return np.array(taken, np.int64), cost
        high = ~has & (np.linalg.norm(arms, axis=1) >= rises[rank]) if rank else ~has
        if not high.any():
            return np.array(taken, np.int64), np.inf
        gains = compliances(growth, atom, anchors, has)
        best = int(np.lexsort((-gains, np.where(high, price, np.inf)))[0])
        taken.append(int(anchors[best]))
        cost += float(price[best])
        has = has | (labels == labels[best])


def _arms(
    points: NDArray[np.float64], has: NDArray[np.bool_], rises: NDArray[np.float64]
) -> tuple[NDArray[np.float64], int]:
    """Offsets of points from the flat of those of some, and how many of these span it."""
    if not has.any():
        return points, 0
    arms = points - points[np.flatnonzero(has)[0]]
    rank = 1
    for rise in rises[1:]:
        heights = np.where(has, np.linalg.norm(arms, axis=1), 0.0)
        top = int(heights.argmax())
        if heights[top] < rise:
            break
        axis = arms[top] / heights[top]
        arms = arms - np.outer(arms @ axis, axis)
        rank += 1
    return arms, rank


def _around(growth: Growth, atom: int, how: NDArray[np.int64]) -> tuple[Atoms, float]:
    """Cheap anchors whose flat holds the atom, and what their edges cost."""
    anchors = np.flatnonzero((how != FREE) & growth.table.apart[atom])
    has = growth.chosen[growth.table.labels[atom, anchors]]
    price = np.where(has, 0.0, growth.table.price(atom)[anchors])
    for limit in np.unique(price[price <= DEAR]):
        flat = _flat_through(growth, atom, anchors[price <= limit])
        if len(flat):
            cost = growth.new_edges(growth.table.labels[atom, flat])
            return flat, cost / float(growth.table.orbit_sizes[atom])
    return anchors[:0], np.inf


def _flat_through(growth: Growth, atom: int, anchors: Atoms) -> Atoms:
    """The fewest of some anchors, each the farthest out, whose flat holds the atom; else none."""
    arms = growth.points[anchors] - growth.points[anchors[0]]
    offset = growth.points[atom] - growth.points[anchors[0]]
    taken = [int(anchors[0])]
    for rise in growth.rises[1:]:
        heights = np.linalg.norm(arms, axis=1)
        top = int(heights.argmax())
        if heights[top] < rise:
            break
        axis = arms[top] / heights[top]
        arms = arms - np.outer(arms @ axis, axis)
        offset = offset - (offset @ axis) * axis
        taken.append(int(anchors[top]))
        if np.linalg.norm(offset) <= FLATNESS:
            return np.array(taken, np.int64)
    return anchors[:0]
