"""Edge sets on structures that grow, and on those that are symmetric."""

import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from eloss_plugins.bench.edges.families import cloud, coil
from eloss_plugins.bench.edges.ways import (
    INVARIANT,
    REGULAR,
    REGULAR_12,
    RIGID,
    SYMMETRISED,
    Chosen,
    Way,
)
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
    coils = {f"{3 * carbons + 2} atoms": coil(carbons, seed) for carbons in CARBONS}
    title = "Smallest stiffness eigenvalue of polyethylene coils"
    return _by_size(title, (REGULAR, REGULAR_12, RIGID), coils, _stiffness, seed)


def edges_by_size(seed: int) -> Table:
    """Edges an atom of an axis with a ring around it, where orbits of random pairs are large."""
    family = {f"{size} + {size}": axis_and_ring(size, size) for size in RINGS}
    title = "Edges an atom of an axis with a ring"
    return _by_size(title, (SYMMETRISED, INVARIANT), family, _per_atom, seed)


def _by_size(
    title: str,
    ways: Sequence[Way],
    family: Mapping[str, Structure],
    measure: Callable[[Structure, Chosen], str],
    seed: int,
) -> Table:
    """A row for each way, a column for each structure."""

    def measured(way: Way, structure: Structure) -> str:
        return measure(structure, way.choose(structure, np.random.default_rng(seed)))

    rows = tuple((way.name, *(measured(way, it) for it in family.values())) for way in ways)
    return Table(title, ("edges", *family), rows)


def _stiffness(structure: Structure, chosen: Chosen) -> str:
    return f"{smallest_eigenvalue(structure, chosen.edges):.2g}"


def _per_atom(structure: Structure, chosen: Chosen) -> str:
    return f"{len(chosen.edges) / structure.num_atoms:.2f}"


def specimens(seed: int) -> Table:
    """Symmetric, planar and linear structures, with the group that was found."""
    rows = []
    for name, specimen in all_specimens().items():
        structure = specimen.structure
        mine = INVARIANT.choose(structure, np.random.default_rng(seed))
        theirs = SYMMETRISED.choose(structure, np.random.default_rng(seed))
        rows.append(
            (
                name,
                specimen.point_group,
                str(geometric_group(structure).order),
                _per_atom(structure, mine),
                "yes" if mine.is_certified else "no",
                _per_atom(structure, theirs),
                f"{(structure.num_atoms - 1) / 2:.1f}",
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
