"""One pair of each orbit, drawn anew: a symmetric graph at the price of its representatives."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.rigid.graph import RigidGraph
from eloss_plugins.graphs.sampling import pairs
from eloss_plugins.graphs.sampling.draw import Drawn
from eloss_plugins.graphs.symmetry.orbits import join_orbits, pair_codes

Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PairOrbits:
    """The edges of a graph, orbit by orbit.

    Attributes:
        edges: `(edges, 2)`.
        starts: `(orbits + 1,)` where each orbit begins, and the end.
    """

    edges: Integers
    starts: Integers

    @property
    def nbytes(self) -> int:
        """Memory of the arrays."""
        return self.edges.nbytes + self.starts.nbytes

    def __len__(self) -> int:
        return len(self.starts) - 1


def pair_orbits_of(graph: RigidGraph) -> PairOrbits:
    """The orbits of a graph's edges under the group that it is invariant under."""
    edges = graph.edges.astype(np.int64)
    labels = np.arange(len(edges))
    codes = pairs.key(edges, graph.num_atoms)
    for generator in graph.group.generators if graph.group is not None else ():
        image = np.searchsorted(codes, pair_codes(generator[edges], graph.num_atoms))
        labels = join_orbits(labels, image.astype(np.int32))
    order = np.argsort(labels, kind="stable")
    counts = np.bincount(labels)
    return PairOrbits(edges[order], np.concatenate([[0], np.cumsum(counts)]).astype(np.int64))


def draw_orbits(orbits: Sequence[PairOrbits], shifts: NDArray[np.float64]) -> Drawn:
    """One pair of each orbit, each as likely, with the size of the orbit for its weight.

    The weighted sum over the pairs of anything has the sum over the whole graph for its mean.

    Args:
        orbits: of the molecules.
        shifts: `(orbits of all molecules,)` numbers in [0, 1), one for each.
    """
    none = [np.zeros((0, 2), np.int64)]
    edges = np.concatenate([*none, *(one.edges for one in orbits)])
    base = np.cumsum([0, *(len(one.edges) for one in orbits)])
    starts = [one.starts[:-1] + first for one, first in zip(orbits, base, strict=False)]
    sizes = np.concatenate([none[0][:, 0], *(np.diff(one.starts) for one in orbits)])
    place = np.concatenate([none[0][:, 0], *starts]) + (shifts * sizes).astype(np.int64)
    molecule = np.repeat(np.arange(len(orbits)), [len(one) for one in orbits])
    return Drawn(edges[place], molecule, sizes.astype(np.float64))
