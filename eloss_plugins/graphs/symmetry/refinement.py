"""Colour refinement: atoms with different surroundings get different colours."""

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.symmetry.bond_graph import BondGraph

FACTORS = np.array([0xBF58476D1CE4E5B9, 0x94D049BB133111EB], np.uint64)
"""The multipliers of splitmix64 (Steele, Lea and Flood 2014), which mixes 64 bits well."""
SHIFT = np.uint64(31)

Hashes = NDArray[np.uint64]


class Refinement:
    """Refines colourings of one graph until equal atoms have equal surroundings.

    A round gives each atom the pair of its colour and a hash of the labels and colours of its
    neighbours, and numbers these pairs by rank. Ranks and hashes depend on colours alone, never
    on how atoms are numbered: images under a symmetry get images of the colours. Where two hashes
    collide a colouring stays coarser than it might be, for images alike, so that answers stay
    right: every symmetry that is reported is checked bond by bond.
    """

    def __init__(self, graph: BondGraph) -> None:
        self.graph = graph
        self._label_hashes = _mixed(graph.bond_labels.astype(np.uint64) + np.uint64(1))

    def stable(self, colours: NDArray[np.int64]) -> tuple[NDArray[np.int64], bytes]:
        """The coarsest stable colouring that is finer, colours 0, 1, ..., and its trace.

        The trace is equal for images under a symmetry; where it differs there is none.
        """
        colours, trace = _numbered(colours, np.zeros(len(colours), np.uint64))
        count = -1
        while count < (count := int(colours.max(initial=-1)) + 1) < len(colours):
            colours, trace = _numbered(colours, self._surroundings(colours))
        return colours, trace

    def individualised(
        self, colours: NDArray[np.int64], atom: int
    ) -> tuple[NDArray[np.int64], bytes]:
        """The stable colouring after one atom was set apart from the others of its colour."""
        apart = 2 * colours + 1
        apart[atom] -= 1
        return self.stable(apart)

    def _surroundings(self, colours: NDArray[np.int64]) -> Hashes:
        hashes = _mixed(
            _mixed(colours.astype(np.uint64))[self.graph.neighbours] ^ self._label_hashes
        )
        totals = np.concatenate([np.zeros(1, np.uint64), np.cumsum(hashes)])
        between: Hashes = np.diff(totals[self.graph.starts])
        return between


def _mixed(values: Hashes) -> Hashes:
    for factor in FACTORS:
        values = (values ^ (values >> SHIFT)) * factor
    return values ^ (values >> SHIFT)


def _numbered(colours: NDArray[np.int64], hashes: Hashes) -> tuple[NDArray[np.int64], bytes]:
    """Ranks of the pairs of colour and hash, and the sorted pairs as bytes."""
    order = np.lexsort((hashes, colours))
    colour, value = colours[order], hashes[order]
    new = (colour[1:] != colour[:-1]) | (value[1:] != value[:-1])
    ranks = np.empty(len(colours), np.int64)
    ranks[order] = np.concatenate([np.zeros(min(len(colours), 1), np.int64), np.cumsum(new)])
    return ranks, colour.tobytes() + value.tobytes()
