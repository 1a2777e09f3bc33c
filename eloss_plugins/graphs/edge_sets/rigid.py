"""A fixed graph for each molecule that leaves it one shape."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.core.checks import check_known
from eloss_plugins.graphs.cores import CORES
from eloss_plugins.graphs.edge_sets.ground import MEGABYTE, Fixed
from eloss_plugins.graphs.edge_sets.seen import Seen
from eloss_plugins.graphs.recipe import SYMMETRIES, Recipe
from eloss_plugins.graphs.rigid.graph import RigidGraph
from eloss_plugins.graphs.rigid.options import RigidOptions
from eloss_plugins.graphs.structure import Structure


@dataclass(frozen=True)
class Rigid(Fixed):
    """Bonds and angles, edges that fix every atom, and some that stiffen it: about five an atom.

    The graph of a molecule is the same in every step, certified to leave it one shape, and made
    when the molecule is first met. A loss over it is zero for the molecule and its mirror image
    alone. It is no estimate of the complete loss: pairs that are not in it have no force.

    Attributes:
        core: `bonds`, with their angles; `neighbours` in their place; `auto` for bonds where they
            are known or elements are, else neighbours.
        symmetry: `none`; `geometry` or `topology` for a graph that is invariant under the
            exchanges of equal atoms that keep all distances, or that keep the bonds.
        neighbours: of an atom, where they stand for bonds.
        max_local: edges that one atom may add so that it is held in every direction.
        matchings: random pairings of all atoms added at the end, half an edge an atom each.
        seed: of the random choices.
        memory: megabytes of graphs that are kept.
    """

    core: str = "auto"
    symmetry: str = "none"
    neighbours: int = 4
    max_local: int = 2
    matchings: int = 1
    seed: int = 0
    memory: int = 512
    _kept: Seen[NDArray[np.int64]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_known("core", self.core, CORES)
        check_known("symmetry", self.symmetry, SYMMETRIES)
        seen = Seen(self.recipe, _edges, self.memory * MEGABYTE)
        object.__setattr__(self, "_kept", seen)

    @property
    def recipe(self) -> Recipe:
        """How a graph is made."""
        options = RigidOptions(
            neighbours=self.neighbours,
            max_local=self.max_local,
            matchings=self.matchings,
            seed=self.seed,
        )
        return Recipe(self.core, self.symmetry, options)

    @property
    def uses_bonds(self) -> bool:
        """Whether it cannot do without."""
        return self.core == "bonds"


def _edges(structure: Structure, graph: RigidGraph) -> NDArray[np.int64]:
    return graph.edges.astype(np.int64)
