"""A rigid graph of a structure."""

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.rigid.adjacency import keys_of, neighbour_lists, pairs_of
from eloss_plugins.graphs.rigid.cloud import Cloud, make_cloud
from eloss_plugins.graphs.rigid.core_edges import bonded_edges, near_edges
from eloss_plugins.graphs.rigid.fixing_order import fixing_order
from eloss_plugins.graphs.rigid.graph import Kind, RigidGraph
from eloss_plugins.graphs.rigid.hull import spanning_simplex
from eloss_plugins.graphs.rigid.lateration import Work, choose_anchors
from eloss_plugins.graphs.rigid.local_completion import complete_locally
from eloss_plugins.graphs.rigid.matchings import random_matchings
from eloss_plugins.graphs.rigid.options import RigidOptions
from eloss_plugins.graphs.rigid.springs import own_stiffness
from eloss_plugins.graphs.rigid.verify import verify
from eloss_plugins.graphs.structure import Structure

CANDIDATES = 24
"""Atoms drawn for each edge that is to be chosen."""

SHALLOW = 0.25
"""Fraction of its own height that an anchor must rise in a flat structure."""

SLANT = 0.2
"""Fraction of its distance that a far anchor must rise, less in a flat structure."""

DEFAULT = RigidOptions()


def build(structure: Structure, options: RigidOptions = DEFAULT) -> RigidGraph:
    """Edges that leave a structure one shape, in time O(n log n), and the proof.

    Args:
        structure: any number of atoms, bonds known or not.
        options: equal ones give equal graphs.
    """
    cloud = make_cloud(structure, options.tolerance)
    rng = np.random.default_rng(options.seed)
    core = core_edges(structure, cloud, options)
    stiffness = own_stiffness(cloud.points, core)
    order, anchors = laterate(cloud, core, stiffness, options, rng)
    ties = tied_pairs(anchors)
    local = _local(cloud, np.concatenate([core, ties]), stiffness, options, rng)
    long = random_matchings(cloud.sites, options.matchings, rng)
    edges, kinds = join(len(order), [core, ties, local, long])
    return RigidGraph(
        edges=edges,
        kinds=kinds,
        order=order.astype(np.int32),
        anchors=anchors.astype(np.int32),
        affine_rank=cloud.rank,
        certificate=verify(structure, edges, order, anchors, tolerance=options.tolerance),
    )


def core_edges(structure: Structure, cloud: Cloud, options: RigidOptions) -> NDArray[np.int64]:
    """`(edges, 2)` of bonds and angles, or of near neighbours where there are no bonds."""
    if structure.bonds is not None and len(structure.bonds):
        return bonded_edges(cloud, structure.bonds)
    return near_edges(cloud, options.neighbours)


def laterate(
    cloud: Cloud,
    core: NDArray[np.int64],
    stiffness: NDArray[np.float64],
    options: RigidOptions,
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Order of the atoms, and `(atoms, D + 1)` earlier atoms that fix each; updates stiffness."""
    num_atoms = len(cloud.sites)
    starts, members = neighbour_lists(num_atoms, core)
    order = fixing_order(starts, members, cloud.sites, cloud.simplex)
    turn = np.empty(num_atoms, np.int64)
    turn[order] = np.arange(num_atoms)
    enough = np.minimum(options.height * cloud.spacing, SHALLOW * cloud.heights)
    slants = SLANT * cloud.heights / cloud.heights.max(initial=0.0)
    work = Work(
        points=cloud.points,
        sites=cloud.sites,
        starts=starts,
        members=members,
        order=order,
        turn=turn,
        rises=np.concatenate([[0.0], enough]),
        slants=np.concatenate([[0.0], slants]),
        spares=_spares(cloud, options.tolerance),
        stiffness=stiffness,
    )
    draws = rng.random((num_atoms, CANDIDATES))
    return order, choose_anchors(work, draws, cloud.dimensions + 1)


def tied_pairs(anchors: NDArray[np.int64]) -> NDArray[np.int64]:
    """`(pairs, 2)` of every atom with each of its anchors."""
    atoms, columns = np.nonzero(anchors >= 0)
    return np.stack([atoms, anchors[atoms, columns]], axis=1)


def join(
    num_atoms: int, parts: list[NDArray[np.int64]]
) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Edges of several kinds as one sorted list; of an edge in two parts the first kind counts."""
    keys, first = np.unique(keys_of(np.concatenate(parts), num_atoms), return_index=True)
    kinds = np.repeat(np.array(list(Kind)[: len(parts)], np.uint8), [len(part) for part in parts])
    return pairs_of(keys, num_atoms).astype(np.int32), kinds[first]


def _local(
    cloud: Cloud,
    edges: NDArray[np.int64],
    stiffness: NDArray[np.float64],
    options: RigidOptions,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    num_atoms = len(cloud.sites)
    draws = rng.random((num_atoms, options.max_local, CANDIDATES))
    lists = neighbour_lists(num_atoms, edges)
    least = options.local_stiffness
    return complete_locally(cloud.points, cloud.sites, lists, stiffness, least, draws)


def _spares(cloud: Cloud, tolerance: float) -> NDArray[np.int64]:
    """The simplex; then for each corner with coincident atoms one that avoids it, else -1."""
    simplex = cloud.simplex
    spares = np.full((len(simplex) + 1, len(simplex)), -1)
    spares[0] = simplex
    firsts = cloud.first_of_site
    shared = np.bincount(cloud.sites, minlength=len(cloud.sites)) > 1
    for k, corner in enumerate(simplex):
        if shared[corner]:
            others = firsts[firsts != corner]
            chosen, _ = spanning_simplex(cloud.points[others], tolerance)
            spares[k + 1, : len(chosen)] = others[chosen]
    return spares
