"""Fixing atoms one after the other, each by earlier ones that span the space.

An atom at known distances from `rank + 1` fixed points that no smaller flat holds is fixed itself,
in a space of any dimension: so a graph with such an order has one shape (lateration).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.jit import compiled
from eloss_plugins.graphs.rigid.adjacency import are_neighbours
from eloss_plugins.graphs.rigid.flat import Flat, add_anchor, highest, rises
from eloss_plugins.graphs.rigid.springs import add_spring, gain, unit_direction


class Work(NamedTuple):
    """What the choice of anchors reads, and the stiffness that it keeps up to date.

    Attributes:
        points: `(atoms, rank)`.
        sites: `(atoms,)` first atom at the place of each.
        starts: `(atoms + 1,)` where the neighbours of each atom begin in `members`.
        members: neighbours by the core edges, end to end.
        order: `(atoms,)` the simplex first.
        turn: `(atoms,)` place of each atom in the order.
        rises: `(rank + 1,)` heights that suffice for the first, second ... anchor.
        slants: `(rank + 1,)` and the fraction of its distance that it must be high at least.
        spares: `(rank + 2, rank + 1)` simplices that fix any atom: the first of the order, then,
            for each of its corners, one for the atoms that coincide with that corner.
        stiffness: `(atoms, rank, rank)` each atom's own.
    """

    points: NDArray[np.float64]
    sites: NDArray[np.int64]
    starts: NDArray[np.int64]
    members: NDArray[np.int64]
    order: NDArray[np.int64]
    turn: NDArray[np.int64]
    rises: NDArray[np.float64]
    slants: NDArray[np.float64]
    spares: NDArray[np.int64]
    stiffness: NDArray[np.float64]


@compiled
def choose_anchors(work: Work, draws: NDArray[np.float64], width: int) -> NDArray[np.int64]:
    """`(atoms, width)` earlier atoms that fix each; -1 where there are fewer.

    Neighbours by core edges are taken as far as they rise high enough above each other; what is
    missing comes from atoms drawn at random, those that stiffen most; at last from the simplex.

    Args:
        work: its stiffness is updated by the new edges.
        draws: `(atoms, candidates)` in [0, 1).
        width: D + 1. In a plane or line fewer than that fix an atom; the others are there so
            that the graph is rigid for placements out of it as well.
    """
    num_atoms, rank = work.points.shape
    anchors = np.full((num_atoms, width), -1)
    frame, arm = np.zeros((rank, rank)), np.zeros(rank)
    for turn in range(num_atoms):
        atom = work.order[turn]
        flat = Flat(anchors[atom], frame, arm)
        if turn <= rank:
            count = 0
            for other in work.order[:turn]:
                count = _tie(work, flat, atom, count, other)
        else:
            near, far = _placed_neighbours(work, atom), _drawn(work, atom, draws[turn])
            count = _take_near(work, flat, near)
            count = _take_far(work, flat, atom, count, far)
            if count < len(work.rises):
                count = _take_any(work, flat, atom, count, np.concatenate((near, far)))
            if count < width:
                _pad(work, flat, atom, count, np.concatenate((near, far)))
    return anchors


@compiled
def _placed_neighbours(work: Work, atom: int) -> NDArray[np.int64]:
    members = work.members[work.starts[atom] : work.starts[atom + 1]]
    earlier = np.empty(len(members), np.int64)
    count = 0
    for other in members:
        if work.turn[other] < work.turn[atom]:
            earlier[count] = other
            count += 1
    return earlier[:count]


@compiled
def _drawn(work: Work, atom: int, draws: NDArray[np.float64]) -> NDArray[np.int64]:
    """Earlier atoms at random, none in the place of `atom`."""
    atoms = np.empty(len(draws), np.int64)
    count = 0
    for draw in draws:
        other = work.order[int(draw * work.turn[atom])]
        if work.sites[other] != work.sites[atom]:
            atoms[count] = other
            count += 1
    return atoms[:count]


@compiled
def _take_near(work: Work, flat: Flat, near: NDArray[np.int64]) -> int:
    """Neighbours as long as one is high enough; how many. They are edges already."""
    count = 0
    while count < len(work.rises):
        atom, height = highest(work.points, flat, count, near)
        if atom < 0 or height < work.rises[count]:
            break
        count = add_anchor(work.points, flat, count, atom)
    return count


@compiled
def _take_far(work: Work, flat: Flat, atom: int, count: int, far: NDArray[np.int64]) -> int:
    """Of the drawn atoms that are high enough the one that stiffens most, again and again."""
    while count < len(work.rises):
        best, best_gain = -1, 0.0
        for other in far:
            won = gain(work.points, work.stiffness, (atom, other), flat.arm)
            if won > best_gain:
                least, slant = work.rises[count], work.slants[count]
                if rises(work.points, flat, count, other, least, slant):
                    best, best_gain = other, won
        if best < 0:
            break
        count = _tie(work, flat, atom, count, best)
    return count


@compiled
def _take_any(work: Work, flat: Flat, atom: int, count: int, pool: NDArray[np.int64]) -> int:
    """The highest of all that are at hand, however low, with a simplex that spans the space."""
    corner = 0
    for k in range(len(work.rises)):
        if work.sites[work.order[k]] == work.sites[atom]:
            corner = k + 1
    spare = work.spares[corner]
    pool = np.concatenate((pool, spare[spare >= 0]))
    while count < len(work.rises):
        best, _ = highest(work.points, flat, count, pool)
        if best < 0:
            break
        count = _tie(work, flat, atom, count, best)
    return count


@compiled
def _pad(work: Work, flat: Flat, atom: int, count: int, pool: NDArray[np.int64]) -> None:
    """Fill the places that are left with the first that are at hand."""
    for other in pool:
        if count < len(flat.anchors) and not (flat.anchors[:count] == other).any():
            flat.anchors[count] = other
            _stiffen(work, atom, other, flat.arm)
            count += 1


@compiled
def _tie(work: Work, flat: Flat, atom: int, count: int, other: int) -> int:
    """Make `other` an anchor of `atom`; the new count."""
    count = add_anchor(work.points, flat, count, other)
    _stiffen(work, atom, other, flat.arm)
    return count


@compiled
def _stiffen(work: Work, atom: int, other: int, direction: NDArray[np.float64]) -> None:
    """Count the edge to an anchor, unless it is one of the core."""
    if not are_neighbours(work.starts, work.members, atom, other):
        unit_direction(work.points, atom, other, direction)
        add_spring(work.stiffness, atom, other, direction)
