"""Ways to choose the edges of a structure, ours and the paper's."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.rigid.build import build
from eloss_plugins.graphs.rigid.graph import RigidGraph
from eloss_plugins.graphs.rigid.random_regular import random_regular
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.graphs.symmetry.geometry import geometric_group
from eloss_plugins.graphs.symmetry.paper import paper_symmetrized
from eloss_plugins.graphs.symmetry.symmetrize import symmetric

Pairs = NDArray[np.int64]


@dataclass(frozen=True)
class Chosen:
    """Edges of one structure.

    Attributes:
        edges: `(edges, 2)` pairs.
        is_certified: whether it was proved that they leave one shape; None where nobody tried.
    """

    edges: Pairs
    is_certified: bool | None = None


@dataclass(frozen=True)
class Way:
    """A way to choose edges.

    Attributes:
        name: in the table.
        choose: edges of a structure, with random numbers where it draws any.
    """

    name: str
    choose: Callable[[Structure, np.random.Generator], Chosen]


def complete(structure: Structure, _: np.random.Generator) -> Chosen:
    """All pairs."""
    return Chosen(np.stack(np.triu_indices(structure.num_atoms, k=1), axis=1), True)


def regular(degree: int) -> Way:
    """Random regular graphs: of degree 6 in the paper, 12 in its code for large molecules."""

    def choose(structure: Structure, rng: np.random.Generator) -> Chosen:
        return Chosen(random_regular(structure.num_atoms, degree, rng).astype(np.int64))

    return Way(f"random {degree}-regular", choose)


def symmetrised(structure: Structure, rng: np.random.Generator) -> Chosen:
    """The paper's: random partners of each kind of atom, and all images."""
    group = geometric_group(structure)
    return Chosen(paper_symmetrized(group, 2 * structure.dimensions, rng).astype(np.int64))


def rigid(structure: Structure, _: np.random.Generator) -> Chosen:
    """A certified graph."""
    return _proved(build(structure))


def rigid_invariant(structure: Structure, _: np.random.Generator) -> Chosen:
    """A certified graph that the structure's own symmetries leave as it is."""
    return _proved(symmetric(structure, geometric_group(structure)))


def _proved(graph: RigidGraph) -> Chosen:
    return Chosen(graph.edges.astype(np.int64), graph.certificate.unique)


COMPLETE = Way("complete", complete)
REGULAR = regular(6)
REGULAR_12 = regular(12)
SYMMETRISED = Way("random, symmetrised", symmetrised)
RIGID = Way("rigid", rigid)
INVARIANT = Way("rigid, symmetry=geometry", rigid_invariant)
WAYS = (COMPLETE, REGULAR, REGULAR_12, SYMMETRISED, RIGID, INVARIANT)
