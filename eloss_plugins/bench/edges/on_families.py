"""Edge sets on structures that grow, and on those that are symmetric."""

import time

import numpy as np

from eloss_plugins.bench.edges.families import cloud, coil
from eloss_plugins.bench.edges.ways import INVARIANT, REGULAR, REGULAR_12, RIGID, SYMMETRISED, Way
from eloss_plugins.bench.table import Table
from eloss_plugins.graphs.rigid.build import build
from eloss_plugins.graphs.rigidity.stiffness import smallest_eigenvalue
from eloss_plugins.graphs.specimens import specimens as all_specimens
from eloss_plugins.graphs.specimens.rings import axis_and_ring
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.graphs.symmetry.geometry import geometric_group

CARBONS = (14, 32, 99, 232)
"""Of coils of 44, 98, 299 and 698 atoms."""

RINGS = (20, 40, 80, 150)
CLOUDS = (100, 1000, 10_000, 100_000)
"""Atoms of clouds of points."""


def stiffness_by_size(seed: int) -> Table:
    """Smallest eigenvalue of coils; random regular graphs of degree 6 soften as they grow."""
    coils = [coil(carbons, seed) for carbons in CARBONS]
    ways = (REGULAR, REGULAR_12, RIGID)
    rows = [(way.name, *(_stiffness(way, it, seed) for it in coils)) for way in ways]
    header = ("edges", *(f"{it.num_atoms} atoms" for it in coils))
    return Table("Smallest stiffness eigenvalue of polyethylene coils", header, tuple(rows))


def _stiffness(way: Way, structure: Structure, seed: int) -> str:
    chosen = way.choose(structure, np.random.default_rng(seed))
    return f"{smallest_eigenvalue(structure, chosen.edges):.2g}"


def edges_by_size(seed: int) -> Table:
    """Edges an atom of an axis with a ring around it, where orbits of random pairs are large."""
    ways = (SYMMETRISED, INVARIANT)
    family = [axis_and_ring(size, size) for size in RINGS]
    rows = [(way.name, *(_per_atom(way, it, seed) for it in family)) for way in ways]
    header = ("edges", *(f"{size} + {size}" for size in RINGS))
    return Table("Edges an atom of an axis with a ring", header, tuple(rows))


def _per_atom(way: Way, structure: Structure, seed: int) -> str:
    chosen = way.choose(structure, np.random.default_rng(seed))
    return f"{len(chosen.edges) / structure.num_atoms:.2f}"


def specimens(seed: int) -> Table:
    """Symmetric, planar and linear structures, with the group that was found."""
    rows = []
    for name, specimen in all_specimens().items():
        structure = specimen.structure
        mine = INVARIANT.choose(structure, np.random.default_rng(seed))
        theirs = SYMMETRISED.choose(structure, np.random.default_rng(seed))
        atoms = structure.num_atoms
        rows.append(
            (
                name,
                specimen.point_group,
                str(geometric_group(structure).order),
                f"{len(mine.edges) / atoms:.2f}",
                "yes" if mine.is_certified else "no",
                f"{len(theirs.edges) / atoms:.2f}",
                f"{(atoms - 1) / 2:.1f}",
            )
        )
    header = ("structure", "point group", "symmetries", INVARIANT.name, "certified")
    return Table(
        "Edges an atom of symmetric structures",
        (*header, SYMMETRISED.name, "complete"),
        tuple(rows),
    )


def times(seed: int) -> Table:
    """Seconds to build and to verify the graphs of clouds of points, the second time."""
    build(cloud(CLOUDS[0], seed))  # machine code is compiled once
    rows = []
    for atoms in CLOUDS:
        structure = cloud(atoms, seed)
        start = time.perf_counter()
        graph = build(structure)
        seconds = time.perf_counter() - start
        proved = "yes" if graph.certificate.unique else "no"
        rows.append((str(atoms), f"{graph.num_edges / atoms:.2f}", proved, f"{seconds:.3g}"))
    return Table("Clouds of points", ("atoms", "edges an atom", "certified", "s"), tuple(rows))
