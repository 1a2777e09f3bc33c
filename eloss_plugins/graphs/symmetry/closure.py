"""Which atoms a few fixed ones fix, by the edges that there are."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.jit import compiled
from eloss_plugins.graphs.rigid.flat import Flat, height_above, take_highest

FREE, SPANNED, WITHIN = 0, 1, 2
"""How an atom is fixed: not; by anchors that span the space; by anchors whose flat it lies in."""


class Ground(NamedTuple):
    """What fixes atoms.

    Attributes:
        points: `(atoms, rank)` coordinates within the flat of all atoms.
        starts: `(atoms + 1,)` where the neighbours of each atom begin in `members`.
        members: neighbours end to end, none coincident.
        rises: `(rank + 1,)` heights that suffice for the first, second ... anchor.
        may_lie_within: `(atoms,)` atoms for which anchors do whose flat they lie in.
        flatness: the distance from a flat that counts as in it.
    """

    points: NDArray[np.float64]
    starts: NDArray[np.int64]
    members: NDArray[np.int64]
    rises: NDArray[np.float64]
    may_lie_within: NDArray[np.bool_]
    flatness: float


@compiled
def close(ground: Ground, order: NDArray[np.int64], how: NDArray[np.int64], count: int) -> int:
    """Fix all atoms that the fixed ones fix, one after the other; how many are fixed then.

    An atom at known distances from fixed points that span a flat in which it lies is fixed, in a
    space of any dimension. Atoms that lie in the flat of too few anchors to span the space are
    anchors of their like alone: what the others prove stands without them.

    Args:
        ground: points and edges.
        order: `(atoms,)` the first `count` are fixed; the rest is written.
        how: `(atoms,)` `FREE`, `SPANNED` or `WITHIN`; updated.
        count: atoms fixed so far.
    """
    rank = ground.points.shape[1]
    flat = Flat(np.empty(rank + 1, np.int64), np.zeros((rank, rank)), np.zeros(rank))
    done = 0
    while done < count:
        anchor = order[done]
        done += 1
        for k in range(ground.starts[anchor], ground.starts[anchor + 1]):
            atom = ground.members[k]
            if how[atom] == FREE:
                how[atom] = fixed_by(ground, how, atom, flat)
                if how[atom] != FREE:
                    order[count] = atom
                    count += 1
    return count


@compiled
def fixed_by(ground: Ground, how: NDArray[np.int64], atom: int, flat: Flat) -> int:
    """How its fixed neighbours fix an atom; the anchors are left in `flat`."""
    members = ground.members[ground.starts[atom] : ground.starts[atom + 1]]
    solid = members[how[members] == SPANNED]
    if take_highest(ground.points, flat, solid, ground.rises) == len(ground.rises):
        return SPANNED
    if ground.may_lie_within[atom]:
        fixed = members[how[members] != FREE]
        count = take_highest(ground.points, flat, fixed, ground.rises)
        if count > 1 and height_above(ground.points, flat, count, atom) <= ground.flatness:
            return WITHIN
    return FREE


@compiled
def choose_all_anchors(
    ground: Ground, order: NDArray[np.int64], how: NDArray[np.int64], width: int
) -> NDArray[np.int64]:
    """`(atoms, width)` for each atom the earlier ones that fix it, -1 where there are fewer.

    Args:
        ground: points and edges.
        order: `(atoms,)` the first `rank + 1` joined to each other.
        how: `(atoms,)` written: how the anchors fix each atom.
        width: columns of the answer, at least `rank + 1`.
    """
    rank = ground.points.shape[1]
    anchors = np.full((len(order), width), -1)
    flat = Flat(np.empty(rank + 1, np.int64), np.zeros((rank, rank)), np.zeros(rank))
    how[:] = FREE
    for turn in range(len(order)):
        atom = order[turn]
        if turn <= rank:
            anchors[atom, :turn] = order[:turn]
            how[atom] = SPANNED
        else:
            how[atom] = fixed_by(ground, how, atom, flat)
            anchors[atom, : rank + 1] = flat.anchors
    return anchors
