"""Proof, from the edges and coordinates alone, that an order of atoms fixes each by earlier ones.

Nothing here is shared with the construction: flats are found by singular values, and every claim of
the order and the anchors is looked up in the edges.
"""

from dataclasses import dataclass
from itertools import combinations
from math import inf

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eloss_plugins.graphs.rigid.certificate import Certificate, Level
from eloss_plugins.graphs.structure import Structure

ROUNDING = 1e-13
"""Lengths and singular values below this, relative to the extent, may be rounding errors of 0."""

FLATS = ("place", "line", "plane", "space")
"""What points span, by dimension."""


def verify(
    structure: Structure,
    edges: ArrayLike,
    order: ArrayLike,
    anchors: ArrayLike,
    *,
    tolerance: float = 1e-9,
) -> Certificate:
    """What the edges prove about the structure, by the given order.

    Args:
        structure: the coordinates.
        edges: `(edges, 2)` pairs of atoms; those of coincident atoms prove nothing.
        order: `(atoms,)` atoms as they are fixed.
        anchors: `(atoms, any)` of each atom the earlier ones that fix it, -1 where none.
        tolerance: fraction of the extent below which structures are flat. What is proved of such
            a structure is proved of it laid exactly flat.

    Returns:
        COMPLETE, LATERATION or NONE, with the reason.
    """
    facts = _facts(structure, edges, tolerance)
    num_atoms = structure.num_atoms
    if len(facts.keys) == num_atoms * (num_atoms - 1) // 2:
        return Certificate(Level.COMPLETE, inf, f"All pairs of {num_atoms} atoms are edges.")
    turns, holders = np.asarray(order), np.asarray(anchors)
    wrong = _wrong_order(turns, num_atoms) or _wrong_anchors(facts, turns, holders)
    return _refused(wrong) if wrong else _by_singular_values(facts, turns, holders)


@dataclass(frozen=True, eq=False)
class _Facts:
    """Points with the largest coordinate 1, what 1 is in angstrom, sorted keys of the edges."""

    points: NDArray[np.float64]
    scale: float
    keys: NDArray[np.int64]
    tolerance: float

    def has(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which pairs are edges of some length."""
        if not len(self.keys):
            return np.zeros(len(first), bool)
        wanted = _keys(first, second, len(self.points))
        places = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.asarray(self.keys[places] == wanted)


def _facts(structure: Structure, edges: ArrayLike, tolerance: float) -> _Facts:
    points, scale = _scaled(structure.positions)
    first, second = np.asarray(edges, np.int64).reshape(-1, 2).T
    lengths = np.linalg.norm(points[first] - points[second], axis=1)
    apart = lengths > ROUNDING
    keys = np.sort(_keys(first[apart], second[apart], len(points)))
    is_new = np.append(True, keys[1:] != keys[:-1])[: len(keys)]
    return _Facts(points, scale, keys[is_new], tolerance)


def _scaled(positions: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    if not len(positions):
        return positions, 1.0
    middle = positions.min(axis=0) + np.ptp(positions, axis=0) / 2
    scale = float(np.abs(positions - middle).max()) or 1.0
    return (positions - middle) / scale, scale


def _keys(first: NDArray[np.int64], second: NDArray[np.int64], num_atoms: int) -> NDArray[np.int64]:
    return np.asarray(np.minimum(first, second) * num_atoms + np.maximum(first, second))


def _wrong_order(order: NDArray[np.int64], num_atoms: int) -> str:
    if order.shape != (num_atoms,) or not np.array_equal(np.sort(order), np.arange(num_atoms)):
        return f"The order does not name each of {num_atoms} atoms once."
    return ""


def _wrong_anchors(facts: _Facts, order: NDArray[np.int64], anchors: NDArray[np.int64]) -> str:
    num_atoms = len(order)
    if anchors.ndim != 2 or len(anchors) != num_atoms or (anchors >= num_atoms).any():
        return f"The anchors do not hold a row of atoms for each of {num_atoms}."
    turn = np.empty(num_atoms, np.int64)
    turn[order] = np.arange(num_atoms)
    atoms, columns = np.nonzero(anchors >= 0)
    holders = anchors[atoms, columns].astype(np.int64)
    late = turn[holders] >= turn[atoms]
    if late.any():
        return f"Atom {atoms[late][0]} is anchored at atom {holders[late][0]}, which comes later."
    missing = ~facts.has(atoms, holders)
    if missing.any():
        pair = f"{atoms[missing][0]} and {holders[missing][0]}"
        return f"Atoms {pair}, an atom and its anchor, have no edge of any length."
    return ""


def _by_singular_values(
    facts: _Facts, order: NDArray[np.int64], anchors: NDArray[np.int64]
) -> Certificate:
    """The order and the anchors are in order; do the anchors span what the atoms do?"""
    rank = _rank(facts.points, order, facts.tolerance)
    if rank == 0:
        return _refused("All atoms coincide, so no edge has a length.")
    first = order[: rank + 1].astype(np.int64)
    pairs = np.array(list(combinations(first.tolist(), 2)))
    if not facts.has(pairs[:, 0], pairs[:, 1]).all():
        return _refused(f"The first {rank + 1} atoms are not joined to each other.")
    if anchors.shape[1] <= rank:
        return _refused(f"To span the {FLATS[rank]} of all atoms takes {rank + 1} anchors each.")
    sets = anchors[order[rank:]].astype(np.int64)
    sets[0] = -1
    sets[0, : rank + 1] = first
    singular = _singular_value(facts.points, sets, rank)
    worst = float(singular.min())
    if worst <= ROUNDING:
        return _refused(_bent(facts, int(order[rank + int(singular.argmin())]), rank))
    reason = (
        f"{rank + 1} atoms are joined to each other and every later one to {rank + 1} or more "
        f"earlier ones that span the {FLATS[rank]} of all {len(order)} atoms."
    )
    return Certificate(Level.LATERATION, worst * facts.scale, reason)


def _bent(facts: _Facts, atom: int, rank: int) -> str:
    """Why an atom is not fixed."""
    distances = np.linalg.norm(facts.points - facts.points[atom], axis=1)
    twins = np.flatnonzero(distances <= facts.tolerance)
    others = twins[twins != atom]
    reason = f"The anchors of atom {atom} do not span the {FLATS[rank]} of all atoms"
    return f"{reason}; it coincides with atom {others[0]}." if len(others) else f"{reason}."


def _rank(points: NDArray[np.float64], order: NDArray[np.int64], tolerance: float) -> int:
    """Dimension of the flat of the first atoms that is within the tolerance of all atoms."""
    spread = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)[-1]
    if spread > tolerance * np.sqrt(len(points)):  # then some atom is off every flat
        return int(points.shape[1])
    for rank in range(points.shape[1]):
        corners = points[order[: rank + 1]]
        _, _, axes = np.linalg.svd(corners - corners.mean(axis=0))
        arms = (points - corners.mean(axis=0)) @ axes[rank:].T
        if np.linalg.norm(arms, axis=1).max() <= tolerance:
            return rank
    return int(points.shape[1])


def _singular_value(
    points: NDArray[np.float64], sets: NDArray[np.int64], which: int
) -> NDArray[np.float64]:
    """`(sets,)` the `which`-th singular value of each set of atoms about its mean; -1 is none."""
    there = (sets >= 0)[:, :, None]
    corners = points[sets] * there
    mean = corners.sum(axis=1, keepdims=True) / np.maximum(there.sum(axis=1, keepdims=True), 1)
    values = np.linalg.svd((corners - mean) * there, compute_uv=False)
    return np.asarray(values[:, which - 1])


def _refused(reason: str) -> Certificate:
    return Certificate(Level.NONE, 0.0, reason)
