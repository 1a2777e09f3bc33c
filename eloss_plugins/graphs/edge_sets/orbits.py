"""Of a symmetric molecule's graph one edge of each kind, drawn anew in each step."""

from dataclasses import dataclass, field

import torch

from eloss_plugins.core.checks import check_known
from eloss_plugins.core.edges import Edges
from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.graphs.cores import CORES
from eloss_plugins.graphs.edge_sets.ground import MEGABYTE, Drawing, OfGraphs
from eloss_plugins.graphs.edge_sets.molecules import molecules_of
from eloss_plugins.graphs.edge_sets.seen import Seen
from eloss_plugins.graphs.edge_sets.stream import Stream
from eloss_plugins.graphs.recipe import SYMMETRIES, Recipe
from eloss_plugins.graphs.rigid.graph import RigidGraph
from eloss_plugins.graphs.rigid.options import RigidOptions
from eloss_plugins.graphs.sampling.orbits import PairOrbits, draw_orbits, pair_orbits_of
from eloss_plugins.graphs.structure import Structure


@dataclass(frozen=True)
class Orbits(OfGraphs, Drawing):
    """The graph of `rigid` with a symmetry, of each of whose orbits one pair is drawn.

    Edges that the symmetry exchanges are one orbit; one of them is drawn, with the size of the
    orbit for its weight. Where their stiffnesses are equal, the mean over draws is the loss over
    the whole graph, which is invariant; the cost is that of the orbits' representatives.

    Attributes:
        core: as of `rigid`.
        symmetry: `geometry` or `topology`; with `none` every edge is its own orbit.
        neighbours: as of `rigid`.
        max_local: as of `rigid`.
        seed: of the draws; each rank draws its own.
        memory: megabytes of graphs that are kept.
    """

    core: str = "auto"
    symmetry: str = "geometry"
    neighbours: int = 4
    max_local: int = 2
    seed: int = 0
    memory: int = 512
    _stream: Stream = field(init=False, repr=False, compare=False)
    _kept: Seen[PairOrbits] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_known("core", self.core, CORES)
        check_known("symmetry", self.symmetry, SYMMETRIES)
        seen = Seen(self.recipe, _orbits, self.memory * MEGABYTE)
        object.__setattr__(self, "_stream", Stream(self.seed))
        object.__setattr__(self, "_kept", seen)

    @property
    def recipe(self) -> Recipe:
        """How a graph is made."""
        options = RigidOptions(neighbours=self.neighbours, max_local=self.max_local)
        return Recipe(self.core, self.symmetry, options)

    @property
    def uses_bonds(self) -> bool:
        """Whether it cannot do without."""
        return self.core == "bonds"

    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def __call__(self, batch: LossBatch) -> Edges | None:
        """One draw for each molecule of the batch.

        Raises:
            UsageError: bonds are asked for, and neither they nor elements are known.
        """
        placed = molecules_of(batch)
        orbits = self._kept.find(placed.molecules)
        drawn = draw_orbits(orbits, self._stream.uniform(sum(map(len, orbits))))
        return placed.edges(drawn.pairs, drawn.molecule, drawn.weight, batch)


def _orbits(structure: Structure, graph: RigidGraph) -> PairOrbits:
    return pair_orbits_of(graph)
