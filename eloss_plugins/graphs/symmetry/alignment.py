"""Rotations and reflections that take sites to sites."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from eloss_plugins.graphs.symmetry.group import Permutation

MAX_REFITS = 4
"""A map found from three sites is refitted to all of them until the images stay the same."""

CAPTURE = 12.0
"""How many tolerances an image may be off before the first refit: a map fixed by three sites,
each off by the tolerance and no closer to the centre than half the farthest, is off by less."""


def orthogonal_fit(
    positions: NDArray[np.float64], images: NDArray[np.float64]
) -> NDArray[np.float64]:
    """`(..., 3, 3)` orthogonal matrices R, proper or not, that minimise |R x - y|.

    Args:
        positions: `(..., sites, 3)` x, centred.
        images: `(..., sites, 3)` y, centred.
    """
    left, _, right = np.linalg.svd(np.swapaxes(images, -1, -2) @ positions)
    fit: NDArray[np.float64] = left @ right
    return fit


def deviations(
    positions: NDArray[np.float64], permutations: NDArray[np.integer]
) -> NDArray[np.float64]:
    """`(permutations,)` angstrom: by how much the best isometry misses the worst site.

    Args:
        positions: `(sites, 3)` centred.
        permutations: `(permutations, sites)`.
    """
    images = positions[permutations]
    fits = orthogonal_fit(positions, images)
    missed = positions @ np.swapaxes(fits, -1, -2) - images
    worst: NDArray[np.float64] = np.linalg.norm(missed, axis=-1).max(axis=-1, initial=0.0)
    return worst


class Matcher:
    """Finds the permutation of sites that a few sites and their images decide."""

    def __init__(
        self, positions: NDArray[np.float64], kinds: NDArray[np.int64], tolerance: float
    ) -> None:
        self._positions, self._kinds, self._tolerance = positions, kinds, tolerance
        self._tree = cKDTree(positions)

    def permutation(self, base: NDArray[np.int64], images: NDArray[np.int64]) -> Permutation | None:
        """The permutation within tolerance of an isometry that takes `base` to `images`, if any."""
        fit = orthogonal_fit(self._positions[base], self._positions[images])
        nearest: NDArray[np.int64] | None = None
        for _ in range(MAX_REFITS):
            missed, found = self._tree.query(self._positions @ fit.T)
            if missed.max() > CAPTURE * self._tolerance:
                return None
            if nearest is not None and np.array_equal(found, nearest):
                break
            nearest = found
            fit = orthogonal_fit(self._positions, self._positions[found])
        return found.astype(np.int32) if self._is_member(found, missed.max()) else None

    def _is_member(self, found: NDArray[np.int64], missed: float) -> bool:
        return (
            missed <= self._tolerance
            and bool(np.array_equal(self._kinds[found], self._kinds))
            and len(np.unique(found)) == len(found)
        )
