"""Pairs drawn anew in each step: the complete loss on average, at linear cost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from eloss_plugins.core.checks import check_known, check_not_negative, check_positive
from eloss_plugins.core.edges import Edges
from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.core.needs import uses_bonds
from eloss_plugins.core.stiffness import Exponential, StiffnessLaw
from eloss_plugins.graphs.cores import CORES, with_what_is_known
from eloss_plugins.graphs.edge_sets.ground import MEGABYTE, Drawing, OfGraphs
from eloss_plugins.graphs.edge_sets.molecules import molecules_of
from eloss_plugins.graphs.edge_sets.seen import Seen
from eloss_plugins.graphs.edge_sets.seen_by_law import SeenByLaw
from eloss_plugins.graphs.edge_sets.stiffness import stiffness_of
from eloss_plugins.graphs.edge_sets.stream import Stream
from eloss_plugins.graphs.recipe import Recipe
from eloss_plugins.graphs.rigid.graph import Kind, RigidGraph
from eloss_plugins.graphs.rigid.options import RigidOptions
from eloss_plugins.graphs.sampling.draw import draw
from eloss_plugins.graphs.sampling.plan import Plan, plan
from eloss_plugins.graphs.structure import Structure

NO_CORE = "none"
RECOGNISED_BY: Mapping[str, str] = {**{name: name for name in CORES}, NO_CORE: "auto"}
"""Option to the core of the graph by which a molecule is recognised."""


@dataclass(frozen=True)
class Sampled(OfGraphs, Drawing):
    """What is near always, of the rest some pairs by chance, each with weight 1 / probability.

    The mean of the loss, and of its gradient, over draws is that of the complete graph. Stiff
    pairs are drawn more often, so with the exponential law the gradient of one draw of five
    edges an atom is off by a quarter of its length, where as many equally likely pairs are off by
    their whole length.

    The random numbers are its own: nothing else in a run changes with it.

    Attributes:
        core: what is always taken: `bonds` with their angles, `neighbours`, `auto` for bonds where
            they are known or elements are, else neighbours, or `none`, which is best for laws
            that hold far pairs nearly as stiff as near ones.
        certificate: always take the edges, too, that leave the molecule one shape.
        edges_per_atom: mean number of pairs in a draw by the number of atoms.
        uniform: share of the draws in which all pairs are alike; it bounds the weights.
        neighbours: of an atom, where they stand for bonds.
        seed: of the draws; each rank draws its own.
        memory: megabytes of graphs and probabilities that are kept.
    """

    core: str = "auto"
    certificate: bool = False
    edges_per_atom: float = 5.0
    uniform: float = 0.1
    neighbours: int = 4
    seed: int = 0
    memory: int = 512
    _stream: Stream = field(init=False, repr=False, compare=False)
    _kept: SeenByLaw[Plan] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_known("core", self.core, RECOGNISED_BY)
        check_positive(edges_per_atom=self.edges_per_atom)
        check_not_negative(uniform=self.uniform)
        if self.uniform > 1:
            raise ValueError(f"uniform must be a share, 0 to 1; got {self.uniform}")
        object.__setattr__(self, "_stream", Stream(self.seed))
        object.__setattr__(self, "_kept", SeenByLaw(self._nothing_seen))

    @property
    def recipe(self) -> Recipe:
        """How the graph is made by which a molecule is recognised."""
        options = RigidOptions(neighbours=self.neighbours)
        return Recipe(RECOGNISED_BY[self.core], options=options)

    @property
    def uses_bonds(self) -> bool:
        """Whether it cannot do without."""
        return self.core == "bonds"

    def for_law(self, law: StiffnessLaw) -> Callable[[LossBatch], Edges]:
        """Draws with probabilities for that law."""
        return partial(self.drawn, law=law)

    def __call__(self, batch: LossBatch) -> Edges | None:
        """A draw with probabilities for the default law."""
        return self.for_law(Exponential())(batch)

    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def drawn(self, batch: LossBatch, *, law: StiffnessLaw) -> Edges:
        """One draw for each molecule of the batch.

        Raises:
            UsageError: bonds are asked for, and neither they nor elements are known.
        """
        placed = molecules_of(batch)
        plans = self._kept.of(law).find(placed.molecules)
        found = draw(plans, self._stream.uniform(len(plans), 2))
        return placed.edges(found.pairs, found.molecule, found.weight, batch)

    def _nothing_seen(self, law: StiffnessLaw) -> Seen[Plan]:
        return Seen(self.recipe, partial(self._plan, law), self.memory * MEGABYTE)

    def _plan(self, law: StiffnessLaw, structure: Structure, graph: RigidGraph) -> Plan:
        known = with_what_is_known(structure) if uses_bonds(law) else structure
        return plan(
            structure.positions,
            self._certain(graph),
            stiffness_of(known, law),
            edges_per_atom=self.edges_per_atom,
            uniform=self.uniform,
        )

    def _certain(self, graph: RigidGraph) -> NDArray[np.int64]:
        core = (graph.kinds == Kind.CORE) & (self.core != NO_CORE)
        fixing = (graph.kinds == Kind.CERTIFICATE) & self.certificate
        taken: NDArray[np.int64] = graph.edges[core | fixing].astype(np.int64)
        return taken
