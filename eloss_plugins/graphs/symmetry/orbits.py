"""Orbits of atoms and of pairs of atoms under a group that is given by generators."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from eloss_plugins.graphs.symmetry.group import Group, Permutation

Labels = NDArray[np.int64]


def atom_orbits(group: Group) -> Labels:
    """`(atoms,)` the orbit of each atom; orbits are numbered by their smallest atoms."""
    labels = np.arange(group.num_atoms)
    for generator in group.generators:
        labels = join_orbits(labels, generator)
    return labels


def join_orbits(labels: Labels, permutation: Permutation) -> Labels:
    """Orbits with one more generator; numbered by their smallest members.

    Args:
        labels: `(points,)` the orbits so far.
        permutation: `(points,)` the generator.
    """
    moved = labels[permutation]
    if np.array_equal(moved, labels):
        return labels
    count = int(labels.max()) + 1
    links = coo_array((np.ones(len(labels), np.bool_), (labels, moved)), shape=(count, count))
    joined = connected_components(links, directed=False)[1][labels]
    return numbered_by_first(joined)


def numbered_by_first(labels: NDArray[np.integer]) -> Labels:
    """The same classes, numbered 0, 1, ... in the order of their first members."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def pair_orbit(group: Group, first: int, second: int) -> NDArray[np.int32]:
    """`(pairs, 2)` int32 all images of a pair of atoms, without regard to their order; sorted."""
    return close_edges(group, np.array([[first, second]], np.int32))


def close_edges(group: Group, edges: NDArray[np.integer]) -> NDArray[np.int32]:
    """`(edges, 2)` the smallest set of pairs with the given ones that the group leaves as it is.

    Each generator is applied to the pairs that the round before has added, until there are none:
    the cost is generators times pairs of the answer, for any number of atoms.
    """
    known = np.unique(pair_codes(edges, group.num_atoms))
    fresh = known
    while len(fresh):
        images = [pair_codes(g[_pairs(fresh, group.num_atoms)], len(g)) for g in group.generators]
        fresh = np.setdiff1d(np.concatenate([fresh[:0], *images]), known)
        known = np.union1d(known, fresh)
    return _pairs(known, group.num_atoms).astype(np.int32)


def pair_codes(edges: NDArray[np.integer], num_atoms: int) -> NDArray[np.int64]:
    """`(edges,)` one number for each pair, the same for (i, j) and (j, i)."""
    ends = np.sort(np.asarray(edges, np.int64).reshape(-1, 2), axis=1)
    return ends[:, 0] * num_atoms + ends[:, 1]


def _pairs(codes: NDArray[np.int64], num_atoms: int) -> NDArray[np.int64]:
    return np.stack(np.divmod(codes, max(num_atoms, 1)), axis=1)


MOST_LINKS = 4_000_000
"""Links between pairs that are held in memory at once."""


def pair_orbits(group: Group) -> Labels:
    """`(atoms, atoms)` int64, symmetric: the orbit of each pair, of an atom with itself too.

    Time is of the order of generators times atoms squared, memory of atoms squared; use
    `pair_orbit` for a few pairs of a large structure.
    """
    num_atoms = group.num_atoms
    first, second = np.triu_indices(num_atoms)
    place = np.zeros((num_atoms, num_atoms), np.int32)
    place[first, second] = place[second, first] = np.arange(len(first), dtype=np.int32)
    labels = np.arange(len(first))
    for part in np.array_split(group.generators, _parts(len(first) * len(group.generators))):
        images = [place[generator[first], generator[second]] for generator in part]
        labels = _connected(labels, images)
    return numbered_by_first(labels)[place]


def _parts(links: int) -> int:
    return 1 + links // MOST_LINKS


def _connected(labels: Labels, images: list[NDArray[np.int32]]) -> Labels:
    """Classes joined with those of all images."""
    count = int(labels.max(initial=-1)) + 1
    ends = np.concatenate([labels[image] for image in images]) if images else labels
    starts = np.tile(labels, max(len(images), 1))
    links = coo_array((np.ones(len(ends), np.bool_), (starts, ends)), shape=(count, count))
    joined: Labels = connected_components(links, directed=False)[1].astype(np.int64)[labels]
    return joined
