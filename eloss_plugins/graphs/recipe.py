"""How the graph of a structure is made, as the options of an edge set say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from eloss_plugins.graphs.cores import CORES, with_bonds
from eloss_plugins.graphs.rigid.build import build
from eloss_plugins.graphs.rigid.graph import RigidGraph
from eloss_plugins.graphs.rigid.options import RigidOptions
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.graphs.symmetry.geometry import geometric_group
from eloss_plugins.graphs.symmetry.group import Group
from eloss_plugins.graphs.symmetry.symmetrize import symmetric
from eloss_plugins.graphs.symmetry.topology import topological_group


def _no_group(structure: Structure) -> Group | None:
    return None


def _of_bonds(structure: Structure) -> Group | None:
    return topological_group(with_bonds(structure))


SYMMETRIES: Mapping[str, Callable[[Structure], Group | None]] = {
    "none": _no_group,
    "geometry": geometric_group,
    "topology": _of_bonds,
}
"""By whose permutations a graph is made invariant."""


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
            UsageError: bonds are asked for, and neither they nor elements are known; or the
                structure is too large for the symmetry.
        """
        group = SYMMETRIES[self.symmetry](structure)
        ready = CORES[self.core](structure)
        if group is None:
            return build(ready, self.options)
        return symmetric(ready, group, self.options)
