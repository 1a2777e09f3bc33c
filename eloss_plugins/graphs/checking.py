"""Whether graphs are what they claim to be, of molecules that may have come another way."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.rigid.certificate import Certificate
from eloss_plugins.graphs.rigid.graph import RigidGraph
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.graphs.symmetry.certify import certify

SLACK = 1e-6
"""Relative difference by which a stored singular value may be above the one that is found."""


@dataclass(frozen=True)
class Finding:
    """What is true of a graph.

    Attributes:
        certificate: as proved now.
        wrong: sentences on what is not proved or not as claimed; none where all is well.
    """

    certificate: Certificate
    wrong: tuple[str, ...]


def check(structure: Structure, graph: RigidGraph) -> Finding:
    """Prove a graph's certificate anew, trusting nothing that it says of itself.

    Args:
        structure: the coordinates for which it is to hold.
        graph: of as many atoms.
    """
    found = certify(structure, graph.edges, graph.order, graph.anchors, graph.affine_rank)
    if not found.unique:
        return Finding(found, (found.reason,))
    wrong = [_level(graph.certificate, found), _singular(graph.certificate, found)]
    wrong.append(_group(structure, graph))
    return Finding(found, tuple(sentence for sentence in wrong if sentence))


def _level(said: Certificate, found: Certificate) -> str:
    if said.level <= found.level:
        return ""
    return f"It is stored as {said.level.name.lower()} and proved to be {found.level.name.lower()}."


def _singular(said: Certificate, found: Certificate) -> str:
    if said.smallest_singular <= found.smallest_singular * (1 + SLACK):
        return ""
    return (
        f"The smallest singular value of its anchors is stored as {said.smallest_singular:.4g} "
        f"and found to be {found.smallest_singular:.4g} angstrom."
    )


def _group(structure: Structure, graph: RigidGraph) -> str:
    """What speaks against the permutations that the graph is said to be invariant under."""
    if graph.group is None:
        return ""
    atoms = np.arange(graph.num_atoms)
    for number, generator in enumerate(graph.group.generators):
        if not np.array_equal(np.sort(generator), atoms):
            return f"Generator {number} of its group is no permutation of the atoms."
        if (
            structure.numbers is not None
            and (structure.numbers[generator] != structure.numbers).any()
        ):
            return f"Generator {number} of its group exchanges different elements."
        if not np.array_equal(_sorted(generator[graph.edges]), _sorted(graph.edges)):
            return f"Generator {number} of its group takes an edge to a pair that is none."
    return ""


def _sorted(edges: NDArray[np.integer]) -> NDArray[np.int64]:
    """The edges as a sorted list, each with its smaller atom first."""
    return np.unique(np.sort(edges.astype(np.int64), axis=1), axis=0)
