"""A rigid graph: edges, what each is for, and the order in which they fix the atoms."""

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.rigid.certificate import Certificate

if TYPE_CHECKING:
    from eloss_plugins.graphs.symmetry.group import Group


class Kind(IntEnum):
    """What an edge is in the graph for; where several hold, the first."""

    CORE = 0
    """A bond, a pair with a common neighbour, or near neighbours where there are no bonds."""

    CERTIFICATE = 1
    """Fixes an atom."""

    LOCAL = 2
    """Stiffens an atom."""

    LONG = 3
    """Of a random matching."""

    SYMMETRY = 4
    """The image of another edge."""


@dataclass(frozen=True, eq=False)
class RigidGraph:
    """Edges with a certificate.

    Attributes:
        edges: `(edges, 2)` int32, each once, the smaller atom first, sorted.
        kinds: `(edges,)` uint8, values of `Kind`.
        order: `(atoms,)` int32, atoms as they are fixed one after the other.
        anchors: `(atoms, D + 1)` int32, of each atom the earlier ones that fix it; -1 is none.
        affine_rank: dimension of the smallest line, plane or space with all atoms; -1 for none.
        certificate: what has been verified of all this.
        group: permutations that leave the edges as they are; None where none were asked for.
    """

    edges: NDArray[np.int32]
    kinds: NDArray[np.uint8]
    order: NDArray[np.int32]
    anchors: NDArray[np.int32]
    affine_rank: int
    certificate: Certificate
    group: "Group | None" = None

    @property
    def num_atoms(self) -> int:
        """How many atoms there are."""
        return len(self.order)

    @property
    def num_edges(self) -> int:
        """How many edges there are."""
        return len(self.edges)
