"""Coordinates within the flat of a structure, turned so that few atoms carry its rigid motions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.rigid.cloud import unit_extent
from eloss_plugins.graphs.rigid.hull import spanning_simplex
from eloss_plugins.graphs.structure import Structure

FLAT = 1e-9
"""Fraction of the extent below which a structure is in line or in a plane."""


@dataclass(frozen=True, eq=False)
class Frame:
    """A structure in the space that it fills.

    In a plane or line the complete graph has no stiffness across it, to first order, so what
    bends is asked within it alone.

    Attributes:
        points: `(atoms, rank)`, the extent about 1; atom `simplex[k]` has zeros from axis k on.
        simplex: `(rank + 1,)` atoms that span the flat.
    """

    points: NDArray[np.float64]
    simplex: NDArray[np.int64]

    @property
    def rank(self) -> int:
        """Dimension of the flat; -1 without atoms."""
        return len(self.simplex) - 1

    @property
    def num_motions(self) -> int:
        """Rigid motions within the flat, of `rank * atoms` motions in all."""
        return self.rank * (self.rank + 1) // 2

    def pinned(self) -> NDArray[np.bool_]:
        """`(atoms * rank,)` as many coordinates as there are rigid motions, which fix them."""
        pins = np.zeros(self.points.shape, bool)
        for k, atom in enumerate(self.simplex):
            pins[atom, k:] = True
        return pins.reshape(-1)

    def motions(self) -> NDArray[np.float64]:
        """`(atoms * rank, motions)` orthonormal basis of the rigid motions."""
        num_atoms, rank = self.points.shape
        basis = [np.tile(axis, num_atoms) for axis in np.eye(rank)]
        for first in range(rank):
            for second in range(first):
                turn = np.zeros((num_atoms, rank))
                turn[:, first] = self.points[:, second]
                turn[:, second] = -self.points[:, first]
                basis.append(turn.reshape(-1))
        return np.linalg.qr(np.stack(basis, axis=1))[0]


def frame_of(structure: Structure) -> Frame:
    """The frame of a structure."""
    points = unit_extent(structure.positions)
    simplex, _ = spanning_simplex(points, FLAT)
    if len(simplex) < 2:
        return Frame(np.zeros((len(points), 0)), simplex)
    from_first = points - points[simplex[0]]
    axes, _ = np.linalg.qr(from_first[simplex[1:]].T)
    return Frame(from_first @ axes, simplex)
