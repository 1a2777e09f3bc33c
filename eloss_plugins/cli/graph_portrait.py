"""What there is to say about the graph of one molecule."""

from collections.abc import Mapping
from dataclasses import dataclass

from eloss_plugins.chem.bonds import find_bonds
from eloss_plugins.data.molecules import Molecule
from eloss_plugins.graphs.cores import with_bonds
from eloss_plugins.graphs.recipe import Recipe
from eloss_plugins.graphs.rigid.graph import RigidGraph
from eloss_plugins.graphs.rigidity.stiffness import smallest_eigenvalue
from eloss_plugins.graphs.sampling import pairs
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.graphs.symmetry.geometry import geometric_group
from eloss_plugins.graphs.symmetry.topology import topological_group
from eloss_plugins.report.graph_strokes import Stroke, strokes_of


@dataclass(frozen=True, eq=False)
class Portrait:
    """The graph of a molecule, and numbers that go with it.

    Attributes:
        molecule: positions in angstrom.
        graph: of it.
        counts: edges by what they are.
        geometric_order: permutations of the atoms that keep all distances.
        topological_order: permutations of the atoms that keep the bonds.
        stiffness: smallest eigenvalue of the graph with unit springs; infinite for one atom.
        complete_stiffness: that of all pairs.
    """

    molecule: Molecule
    graph: RigidGraph
    counts: Mapping[Stroke, int]
    geometric_order: int
    topological_order: int
    stiffness: float
    complete_stiffness: float

    @property
    def num_pairs(self) -> int:
        """Of all atoms, edges or not."""
        return self.graph.num_atoms * (self.graph.num_atoms - 1) // 2

    @property
    def stiffness_ratio(self) -> float:
        """The graph's stiffness by that of all pairs; 1 where there is nothing to deform."""
        if self.complete_stiffness in (0.0, float("inf")):
            return 1.0
        return self.stiffness / self.complete_stiffness


def portrait_of(molecule: Molecule, recipe: Recipe) -> Portrait:
    """Build the graph and look at it.

    Raises:
        UsageError: the graph cannot be made.
    """
    structure = Structure(molecule.positions, molecule.numbers)
    graph = recipe(structure)
    counts = strokes_of(graph, find_bonds(molecule).pairs).counts()
    counts.pop(Stroke.NO_EDGE, None)
    return Portrait(
        molecule=molecule,
        graph=graph,
        counts=counts,
        geometric_order=geometric_group(structure).order,
        topological_order=topological_group(with_bonds(structure)).order,
        stiffness=smallest_eigenvalue(structure, graph.edges),
        complete_stiffness=smallest_eigenvalue(structure, pairs.every(structure.num_atoms)),
    )
