"""Exact symmetry for structures that have it approximately.

A pair loss with lengths d and stiffnesses k(d) is invariant under a permutation of the atoms of the
prediction exactly when its edges are, and d is constant on orbits of pairs. Distances of a real
conformer are so to about 0.01 angstrom. Two ways make it exact. `symmetrized_positions` moves the
atoms, by no more than they are off, to where the isometries are exact: all distances are then
constant on orbits to rounding, any edge set may be used, and the target still is a structure that
a prediction can reach with loss 0. This is the one to feed to a loss, which takes positions.
`snap_distances` leaves the atoms and averages lengths instead. It works for the symmetry of the
bond graph too, where images are not isometric at all; but averaged lengths need not be those of
any structure.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.graphs.symmetry.alignment import orthogonal_fit
from eloss_plugins.graphs.symmetry.group import Group
from eloss_plugins.graphs.symmetry.orbits import Labels, pair_codes, pair_orbits

FARTHEST = 0.5
"""Angstrom that an atom may move: more means that the group is not one of isometries."""

GAP = 10.0
"""Ratio of an eigenvalue and the next at which the positions may end with the former."""

ROUNDING = 1e-12
"""Eigenvalues below this, relative to the largest, may be rounding errors of 0."""


def symmetrized_positions(structure: Structure, group: Group) -> NDArray[np.float64]:
    """`(atoms, D)` positions near the given ones on which a geometric group acts by isometries.

    The Gram matrix of the centred positions is averaged over pair orbits, which is the mean over
    the whole group, and its largest eigenvectors, D at most, are new positions: as the mean
    commutes with the group, so do they. They are turned to fit the given ones. A dimension whose
    extent cannot be told from what the structure lacks in symmetry is left out: molecules that
    are planar to within that become exactly planar.

    Args:
        structure: positions that are symmetric to within a tolerance.
        group: their `geometric_group`; its members are not listed.

    Raises:
        UsageError: an atom would move by more than `FARTHEST`, as for the group of a bond graph.
    """
    if group.is_trivial or structure.num_atoms < 2:
        return structure.positions
    centre = structure.positions.mean(axis=0)
    offsets = structure.positions - centre
    labels = pair_orbits(group)
    mean = _means(labels.ravel(), (offsets @ offsets.T).ravel())[labels]
    found = _embedded(mean, structure.dimensions)
    fitted = found @ orthogonal_fit(found, offsets).T
    moved = float(np.linalg.norm(fitted - offsets, axis=1).max())
    if moved > FARTHEST:
        raise UsageError(
            f"the group does not act on these positions by isometries: an atom would move by "
            f"{moved:.2f} angstrom. Use the geometric group of the structure"
        )
    return np.asarray(centre + fitted)


def _embedded(gram: NDArray[np.float64], dimensions: int) -> NDArray[np.float64]:
    """`(atoms, dimensions)` positions of a Gram matrix as far as its eigenvalues stand out."""
    values, vectors = np.linalg.eigh(gram)
    values = np.append(np.maximum(values[::-1], 0.0), np.zeros(dimensions))
    floor = ROUNDING * values[0]
    clear = values[:dimensions] > floor + GAP * values[1 : dimensions + 1]
    rank = int(np.flatnonzero(clear).max(initial=-1)) + 1
    found = np.zeros((len(gram), dimensions))
    found[:, :rank] = (vectors[:, ::-1] * np.sqrt(values[: len(gram)]))[:, :rank]
    return found


def snap_distances(structure: Structure, group: Group, edges: ArrayLike) -> NDArray[np.float64]:
    """`(edges,)` lengths in angstrom, each the mean over the orbit of its edge.

    Args:
        structure: the coordinates.
        group: any group of permutations of its atoms.
        edges: `(edges, 2)` a set that the group leaves as it is, each pair once.

    Raises:
        UsageError: the image of an edge is not an edge; `close_edges` adds what is missing.
    """
    pairs = np.asarray(edges, np.int64).reshape(-1, 2)
    first, second = structure.positions[pairs[:, 0]], structure.positions[pairs[:, 1]]
    labels = _edge_orbits(pairs, group)
    return _means(labels, np.linalg.norm(first - second, axis=1))[labels]


def _means(labels: Labels, values: NDArray[np.float64]) -> NDArray[np.float64]:
    sums = np.bincount(labels, values)
    return np.asarray(sums / np.maximum(np.bincount(labels), 1))


def _edge_orbits(pairs: NDArray[np.int64], group: Group) -> Labels:
    """`(edges,)` orbits of the edges of an invariant set."""
    codes = pair_codes(pairs, group.num_atoms)
    order = np.argsort(codes)
    known = codes[order]
    images = [order[_places(known, pair_codes(g[pairs], len(g)))] for g in group.generators]
    ends = np.concatenate([np.arange(len(pairs)), *images])
    starts = np.tile(np.arange(len(pairs)), len(images) + 1)
    count = len(pairs)
    links = coo_array((np.ones(len(ends), np.bool_), (starts, ends)), shape=(count, count))
    return connected_components(links, directed=False)[1].astype(np.int64) if count else codes


def _places(known: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    places = np.minimum(np.searchsorted(known, wanted), max(len(known) - 1, 0))
    if len(wanted) and not np.array_equal(known[places], wanted):
        raise UsageError(
            "`edges` must be a set that the group leaves as it is, and an image of one is not in "
            "it; pass them through close_edges first"
        )
    return places
