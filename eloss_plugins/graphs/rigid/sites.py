"""Which atoms coincide, and how far apart the others are."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from eloss_plugins.graphs.jit import compiled

FEW = 100
"""Points up to which all pairs are the faster way."""


def find_sites(points: NDArray[np.float64], tolerance: float) -> tuple[NDArray[np.int64], float]:
    """The first atom at each atom's place, and the median distance of nearest neighbours.

    Every round merges first atoms with their nearest neighbours within the tolerance, and so at
    least halves those that have someone to merge with; in the end the first atoms are apart.

    Returns:
        `(points,)` index of the first atom of the site, and the spacing; 0 with under two sites.
    """
    site_of = _exact_copies(points)
    firsts = np.flatnonzero(site_of == np.arange(len(points)))
    while True:
        if len(firsts) < 2:
            return site_of, 0.0
        distances, partners = _nearest(points[firsts])
        near = np.flatnonzero(distances <= tolerance)
        if not len(near):
            return site_of, _upper_median(distances)
        merged = _merge(len(firsts), near, partners[near])
        site_of = firsts[merged][np.searchsorted(firsts, site_of)]
        firsts = np.unique(site_of)


def _exact_copies(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """The first of equal points, for each; many of them would slow the search down."""
    column = np.sort(points[:, 0])
    if (column[1:] > column[:-1]).all():
        return np.arange(len(points))
    _, first, copy_of = np.unique(points, axis=0, return_index=True, return_inverse=True)
    return np.asarray(first[copy_of.reshape(-1)])


def _nearest(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Distance and index of the nearest other point."""
    if len(points) <= FEW:
        return _nearest_of_few(points)
    distances, indices = cKDTree(points).query(points, k=2)
    is_itself = indices[:, 0] == np.arange(len(points))
    return distances[:, 1], np.where(is_itself, indices[:, 1], indices[:, 0])


@compiled
def _nearest_of_few(
    points: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The same by all pairs."""
    nearest = np.full(len(points), np.inf)
    partner = np.zeros(len(points), np.int64)
    for first in range(len(points)):
        for second in range(first):
            squared = 0.0
            for axis in range(points.shape[1]):
                squared += (points[first, axis] - points[second, axis]) ** 2
            if squared < nearest[first]:
                nearest[first], partner[first] = squared, second
            if squared < nearest[second]:
                nearest[second], partner[second] = squared, first
    return np.sqrt(nearest), partner


def _upper_median(values: NDArray[np.float64]) -> float:
    middle = len(values) // 2
    return float(np.partition(values, middle)[middle])


def _merge(count: int, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """`(count,)` of each index the smallest that the pairs connect it with."""
    links = coo_array((np.ones(len(first), np.bool_), (first, second)), shape=(count, count))
    labels = connected_components(links, directed=False)[1]
    smallest = np.unique(labels, return_index=True)[1]
    return np.asarray(smallest[labels])
