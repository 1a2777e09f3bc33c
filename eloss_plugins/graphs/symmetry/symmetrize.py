"""Rigid graphs that a group leaves as they are, of size linear in the atoms."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.rigid.build import SHALLOW, build, core_edges
from eloss_plugins.graphs.rigid.cloud import make_cloud
from eloss_plugins.graphs.rigid.graph import Kind, RigidGraph
from eloss_plugins.graphs.rigid.options import RigidOptions
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.graphs.symmetry.certify import certify
from eloss_plugins.graphs.symmetry.closure import choose_all_anchors
from eloss_plugins.graphs.symmetry.extension import tie
from eloss_plugins.graphs.symmetry.group import Group
from eloss_plugins.graphs.symmetry.growth import Growth
from eloss_plugins.graphs.symmetry.long_orbits import add_long
from eloss_plugins.graphs.symmetry.own_stiffness import stiffen
from eloss_plugins.graphs.symmetry.pair_table import make_pair_table
from eloss_plugins.graphs.symmetry.seeds import plant

DEFAULT = RigidOptions()

EASES = (1.0, 0.5, 0.25, 0.125)
"""Fractions of the heights wanted that anchors may have, where no others are to be had."""

MOST_TRIED = 8
"""Atoms that are tried at one height, those with the most fixed neighbours first."""


def symmetric(structure: Structure, group: Group, options: RigidOptions = DEFAULT) -> RigidGraph:
    """Edges that every member of a group maps to edges, and that leave the structure one shape.

    The edges are whole orbits of pairs: those of bonds and angles, those of a seed, then for each
    orbit of atoms those of its edges to a few anchors that have few images under the permutations
    that fix an atom of it, those that stiffen atoms which bend easily, and last random ones with
    few images, until there are `DENSE` edges an atom. The number of
    edges stays linear in the atoms where orbits of random pairs grow quadratic. The certificate
    is that of the structure's own coordinates, for the symmetry of the bond graph too. Many atoms
    on an axis of high order are fixed by others on that axis, at no cost, if they lie on it
    exactly: pass a structure that is symmetric only approximately through
    `symmetrized_positions` first.

    Args:
        structure: any number of atoms.
        group: of permutations of these atoms; with the identity alone this is `build`.
        options: as of `build`; a matching gives every atom about one random edge.

    Raises:
        UsageError: the group is of another number of atoms, or the structure is too large for a
            table of all pairs.
    """
    if group.num_atoms != structure.num_atoms:
        raise UsageError(
            f"`group` permutes {group.num_atoms} atoms; the structure has {structure.num_atoms}"
        )
    if group.is_trivial:
        return replace(build(structure, options), group=group)
    growth = _growth(structure, group, options)
    growth.choose(_core_labels(structure, growth, options), Kind.CORE)
    if growth.cloud.rank < 1:
        return _finished(structure, group, growth, np.arange(structure.num_atoms)[:1])
    simplex = plant(growth, group)
    _fix_all(growth, simplex)
    stiffen(growth, options.local_stiffness, options.max_local)
    add_long(growth, options.matchings, options.seed)
    return _finished(structure, group, growth, simplex)


def _growth(structure: Structure, group: Group, options: RigidOptions) -> Growth:
    cloud = make_cloud(structure, options.tolerance)
    enough = np.minimum(options.height * cloud.spacing, SHALLOW * cloud.heights)
    return Growth(cloud, make_pair_table(group, cloud.sites), np.concatenate([[0.0], enough]))


def _core_labels(structure: Structure, growth: Growth, options: RigidOptions) -> NDArray[np.int64]:
    core = core_edges(structure, growth.cloud, options)
    return np.unique(growth.table.labels[core[:, 0], core[:, 1]])


def _fix_all(growth: Growth, simplex: NDArray[np.int64]) -> None:
    """Choose orbits until all atoms are fixed; all pairs if some cannot be, as coincident ones."""
    while True:
        _, how = growth.fixed_from(simplex)
        free = np.flatnonzero(how == 0)
        if not len(free):
            return
        ready = growth.neighbours()[np.ix_(free, how > 0)].sum(axis=1)
        by_turn = free[np.argsort(-ready, kind="stable")]
        tied = (tie(growth, atom, how, ease) for ease in EASES for atom in by_turn[:MOST_TRIED])
        if not any(tied):
            growth.choose(np.unique(growth.table.labels[growth.table.apart]), Kind.CERTIFICATE)
            return


def _finished(
    structure: Structure, group: Group, growth: Growth, simplex: NDArray[np.int64]
) -> RigidGraph:
    edges = np.argwhere(np.triu(growth.neighbours()))
    order, how = growth.fixed_from(simplex)
    order = np.concatenate([order, np.flatnonzero(how == 0)])
    anchors = choose_all_anchors(growth.ground(), order, how, structure.dimensions + 1)
    return RigidGraph(
        edges=edges.astype(np.int32),
        kinds=growth.kinds[growth.table.labels[edges[:, 0], edges[:, 1]]],
        order=order.astype(np.int32),
        anchors=anchors.astype(np.int32),
        affine_rank=growth.cloud.rank,
        certificate=certify(structure, edges, order, anchors, growth.cloud.rank),
        group=group,
    )
