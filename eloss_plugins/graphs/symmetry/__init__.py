"""Permutations of the atoms that leave a structure as it is, and graphs that they leave so."""

from eloss_plugins.graphs.symmetry.geometry import geometric_group
from eloss_plugins.graphs.symmetry.group import Group, trivial_group
from eloss_plugins.graphs.symmetry.listing import list_members
from eloss_plugins.graphs.symmetry.orbits import (
    atom_orbits,
    close_edges,
    pair_orbit,
    pair_orbits,
)
from eloss_plugins.graphs.symmetry.paper import paper_symmetrized
from eloss_plugins.graphs.symmetry.snap import snap_distances, symmetrized_positions
from eloss_plugins.graphs.symmetry.symmetrize import symmetric
from eloss_plugins.graphs.symmetry.topology import topological_group

__all__ = [
    "Group",
    "atom_orbits",
    "close_edges",
    "geometric_group",
    "list_members",
    "pair_orbit",
    "pair_orbits",
    "paper_symmetrized",
    "snap_distances",
    "symmetric",
    "symmetrized_positions",
    "topological_group",
    "trivial_group",
]
