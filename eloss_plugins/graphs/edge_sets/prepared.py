"""Graphs of a data set, made before training."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.cache.packed import PackedGraphs
from eloss_plugins.graphs.cache.store import graphs_of
from eloss_plugins.graphs.cache.structures import Structures
from eloss_plugins.graphs.edge_sets.molecules import Molecules
from eloss_plugins.graphs.recipe import Recipe
from eloss_plugins.graphs.rigid.graph import RigidGraph
from eloss_plugins.graphs.structure import Structure


@dataclass(frozen=True, eq=False)
class Prepared:
    """Structures and their graphs, in memory or mapped from disk.

    Attributes:
        structures: of the data set.
        graphs: of each.
    """

    structures: Structures
    graphs: PackedGraphs

    def molecules(self) -> Molecules:
        """All structures, as the molecules of a batch are held."""
        whole = self.structures
        return Molecules(whole.positions, whole.offsets, whole.numbers)

    def structure(self, place: int) -> Structure:
        """One of them."""
        return self.structures[place]

    def graph(self, place: int) -> RigidGraph:
        """Its graph."""
        return self.graphs[place]


def prepared(
    recipe: Recipe,
    positions: NDArray[np.float64],
    numbers: NDArray[np.int64],
    offsets: NDArray[np.int64],
) -> Prepared:
    """The graphs of a data set, from disk or built now.

    Args:
        recipe: how a graph is made.
        positions: `(atoms, 3)` angstrom.
        numbers: `(atoms,)` atomic numbers.
        offsets: `(molecules + 1,)`; molecule i owns atoms `offsets[i]:offsets[i + 1]`.
    """
    structures = Structures(positions, offsets, numbers)
    return Prepared(structures, graphs_of(structures, recipe))
