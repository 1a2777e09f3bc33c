"""The points of a structure made ready: unit extent, coincident atoms told, flatness removed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.rigid.hull import hull_coordinates, spanning_simplex
from eloss_plugins.graphs.rigid.sites import find_sites
from eloss_plugins.graphs.structure import Structure


@dataclass(frozen=True, eq=False)
class Cloud:
    """Points as constructions take them, in units of the extent.

    Attributes:
        points: `(atoms, rank)` coordinates within the smallest flat that holds all atoms.
        sites: `(atoms,)` of each atom the first that coincides with it; itself where none does.
        simplex: `(rank + 1,)` atoms far apart that span the flat, the farthest first.
        heights: `(rank,)` of each such atom but the first, above those before it.
        spacing: median distance of nearest neighbours; 0 where all atoms coincide.
        dimensions: of the space that the structure was in.
    """

    points: NDArray[np.float64]
    sites: NDArray[np.int64]
    simplex: NDArray[np.int64]
    heights: NDArray[np.float64]
    spacing: float
    dimensions: int

    @property
    def rank(self) -> int:
        """Dimension of the flat: 1 in line, 2 in a plane, -1 without atoms."""
        return len(self.simplex) - 1

    @property
    def first_of_site(self) -> NDArray[np.int64]:
        """One atom of each site."""
        return np.flatnonzero(self.sites == np.arange(len(self.sites)))


def make_cloud(structure: Structure, tolerance: float) -> Cloud:
    """The cloud of a structure.

    Args:
        structure: any number of atoms.
        tolerance: fraction of the extent below which distances and heights count as 0.
    """
    points = unit_extent(structure.positions)
    sites, spacing = find_sites(points, tolerance)
    firsts = np.flatnonzero(sites == np.arange(len(sites)))
    chosen, heights = spanning_simplex(points[firsts], tolerance)
    simplex = firsts[chosen]
    return Cloud(
        points=hull_coordinates(points, simplex),
        sites=sites,
        simplex=simplex,
        heights=heights,
        spacing=spacing,
        dimensions=structure.dimensions,
    )


def unit_extent(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Positions about the middle of their box, the largest coordinate 1; zeros if all coincide."""
    if not len(positions):
        return positions
    low, high = positions.min(axis=0), positions.max(axis=0)
    centred = positions - (low + (high - low) / 2)
    extent = np.abs(centred).max()
    return np.asarray(centred / extent) if extent > 0 else np.zeros_like(centred)
