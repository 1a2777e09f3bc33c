"""Verification of graphs of which some atoms are fixed by anchors that only span a flat."""

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.rigid.certificate import Certificate, Level
from eloss_plugins.graphs.rigid.verify import verify
from eloss_plugins.graphs.structure import Structure

WITHIN = 1e-8
"""Distance from a flat that counts as in it, relative to the extent."""

Atoms = NDArray[np.integer]


def certify(
    structure: Structure, edges: Atoms, order: Atoms, anchors: Atoms, rank: int
) -> Certificate:
    """What edges prove at these coordinates, by `verify` and one more rule.

    An atom that lies on the line of two fixed points, or in the plane of three, is fixed by its
    distances to them, in a space of any dimension. Atoms with `rank` anchors or fewer are looked
    at by this rule; everything else must be proved by `verify` without them.

    Args:
        structure: the coordinates.
        edges: `(edges, 2)` pairs of atoms.
        order: `(atoms,)` atoms as they are fixed.
        anchors: `(atoms, any)` of each atom the earlier ones that fix it, -1 where none.
        rank: dimension of the flat of all atoms.
    """
    inside = (anchors >= 0).sum(axis=1) <= rank
    inside[order[: rank + 1]] = False
    whole = verify(structure, edges, order, anchors)
    if whole.level == Level.COMPLETE or not inside.any() or rank < 1:
        return whole
    for atom in np.flatnonzero(inside).tolist():
        wrong = _wrong_flat(structure, atom, anchors[atom][anchors[atom] >= 0])
        if wrong:
            return Certificate(Level.NONE, 0.0, wrong)
    wrong = _wrong_ties(edges, order, anchors, inside)
    rest = _rest(structure, edges, order, anchors, ~inside)
    if wrong or rest.level < Level.LATERATION:
        return Certificate(Level.NONE, 0.0, wrong or rest.reason)
    flats = [
        _singular(structure, anchors[atom][anchors[atom] >= 0]) for atom in inside.nonzero()[0]
    ]
    reason = f"{len(flats)} atoms lie in flats of their anchors. Without them: {rest.reason}"
    return Certificate(Level.LATERATION, min(rest.smallest_singular, *flats), reason)


def _wrong_flat(structure: Structure, atom: int, anchors: Atoms) -> str:
    points = structure.positions
    if len(anchors) < 2:
        return f"Atom {atom} has fewer than two anchors."
    arms = points[anchors[1:]] - points[anchors[0]]
    offset = points[atom] - points[anchors[0]]
    shares = np.linalg.lstsq(arms.T, offset)[0]
    if np.linalg.norm(offset - shares @ arms) > WITHIN * float(np.ptp(points, axis=0).max()):
        return f"Atom {atom} does not lie in the flat of its anchors, which span no more."
    return ""


def _singular(structure: Structure, anchors: Atoms) -> float:
    corners = structure.positions[anchors]
    values = np.linalg.svd(corners - corners.mean(axis=0), compute_uv=False)
    return float(values[len(anchors) - 2])


def _wrong_ties(edges: Atoms, order: Atoms, anchors: Atoms, inside: NDArray[np.bool_]) -> str:
    """Whether atoms in flats have edges to their anchors, which are earlier."""
    turn = np.argsort(order)
    there = {(int(i), int(j)) for i, j in np.sort(edges, axis=1)}
    for atom in np.flatnonzero(inside):
        for anchor in anchors[atom][anchors[atom] >= 0]:
            if (min(atom, anchor), max(atom, anchor)) not in there:
                return f"Atoms {atom} and {anchor}, an atom and its anchor, have no edge."
            if turn[anchor] >= turn[atom]:
                return f"Atom {atom} is anchored at atom {anchor}, which comes later."
    return ""


def _rest(
    structure: Structure, edges: Atoms, order: Atoms, anchors: Atoms, kept: NDArray[np.bool_]
) -> Certificate:
    """What `verify` says of some of the atoms and the edges between them."""
    place = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1)
    renamed = place[edges]
    return verify(
        Structure(structure.positions[kept]),
        renamed[(renamed >= 0).all(axis=1)],
        place[order[kept[order]]],
        place[anchors[kept]],
    )
