"""How the graph of a structure is made, as the options of an edge set say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from eloss_plugins.graphs.cores import CORES
from eloss_plugins.graphs.rigid.build import build
from eloss_plugins.graphs.rigid.graph import RigidGraph
from eloss_plugins.graphs.rigid.options import RigidOptions
from eloss_plugins.graphs.structure import Structure


@dataclass(frozen=True)
class Recipe:
    """Structure to graph; picklable, and equal recipes give equal graphs.

    Attributes:
        core: a name of `CORES`.
        symmetry: a name of `SYMMETRIES`.
        options: of the construction.
    """

    core: str = "auto"
    symmetry: str = "none"
    options: RigidOptions = RigidOptions()

    def __call__(self, structure: Structure) -> RigidGraph:
        """The certified graph.

        Raises:
            UsageError: bonds are asked for, and neither they nor elements are known.
        """
        return SYMMETRIES[self.symmetry](CORES[self.core](structure), self.options)


SYMMETRIES: Mapping[str, Callable[[Structure, RigidOptions], RigidGraph]] = {"none": build}
"""By whose permutations a graph is made invariant."""
