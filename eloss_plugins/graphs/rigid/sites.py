"""Which atoms coincide, and how far apart the others are."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree


def find_sites(points: NDArray[np.float64], tolerance: float) -> tuple[NDArray[np.int64], float]:
    """The first atom at each atom's place, and the median distance of nearest neighbours.

    Every round merges first atoms with their nearest neighbours within the tolerance, and so at
    least halves those that have someone to merge with; in the end the first atoms are apart.

    Returns:
        `(points,)` index of the first atom of the site, and the spacing; 0 with under two sites.
    """
    site_of = _exact_copies(points)
    firsts = np.unique(site_of)
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
    distances, indices = cKDTree(points).query(points, k=2)
    is_itself = indices[:, 0] == np.arange(len(points))
    return distances[:, 1], np.where(is_itself, indices[:, 1], indices[:, 0])


def _upper_median(values: NDArray[np.float64]) -> float:
    middle = len(values) // 2
    return float(np.partition(values, middle)[middle])


def _merge(count: int, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """`(count,)` of each index the smallest that the pairs connect it with."""
    label = np.arange(count)
    while not np.array_equal(label[first], label[second]):
        smaller = np.minimum(label[first], label[second])
        np.minimum.at(label, label[first], smaller)
        np.minimum.at(label, label[second], smaller)
        label = label[label]
    return label
