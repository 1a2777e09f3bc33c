"""The paper's sparse graphs of symmetric molecules: random pairs and all their images."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.core.checks import check_known
from eloss_plugins.graphs.edge_sets.ground import MEGABYTE, Fixed
from eloss_plugins.graphs.edge_sets.seen import Seen
from eloss_plugins.graphs.edge_sets.stream import mixed
from eloss_plugins.graphs.recipe import SYMMETRIES, Recipe
from eloss_plugins.graphs.rigid.graph import RigidGraph
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.graphs.symmetry.group import trivial_group
from eloss_plugins.graphs.symmetry.paper import paper_symmetrized


@dataclass(frozen=True)
class RandomSymmetric(Fixed):
    """Random partners of one atom of each kind, and the images of these pairs; one fixed graph.

    In the paper an atom of each orbit has as many random partners as twice the dimension, and
    the pairs count once each. Neither is such a graph certified, nor is its size linear in the
    atoms; `rigid` with a symmetry is both.

    Attributes:
        degree: partners.
        symmetry: by whose permutations, as of `rigid`.
        seed: of the partners.
        memory: megabytes of graphs that are kept.
    """

    degree: int = 6
    symmetry: str = "topology"
    seed: int = 0
    memory: int = 512
    _kept: Seen[NDArray[np.int64]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.degree < 1:
            raise ValueError(f"degree must be 1 or more; got {self.degree}")
        check_known("symmetry", self.symmetry, SYMMETRIES)
        seen = Seen(self.recipe, self._edges, self.memory * MEGABYTE)
        object.__setattr__(self, "_kept", seen)

    @property
    def recipe(self) -> Recipe:
        """How the graph is made by which a molecule is recognised, and that knows its group."""
        return Recipe("auto", self.symmetry)

    def _edges(self, structure: Structure, graph: RigidGraph) -> NDArray[np.int64]:
        group = graph.group or trivial_group(structure.num_atoms)
        rng = np.random.default_rng(mixed(self.seed, structure.num_atoms, graph.num_edges))
        return paper_symmetrized(group, self.degree, rng).astype(np.int64)
