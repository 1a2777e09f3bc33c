"""A few sites that fix all others, and the sites that an isometry may take them to."""

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.symmetry.sites import SPACE, Sites

SHARE_OF_HIGHEST = 0.5
"""A site of a frame is at least this far out, relative to the farthest: it fixes maps well."""


def site_classes(sites: Sites, tolerance: float) -> NDArray[np.int64]:
    """`(sites,)` classes that no isometry mixes: equal elements and similar distances.

    Distances are those to the centre of all sites, to the centres of the sites of each element,
    and the mean distance to all sites. An isometry within tolerance changes them by at most twice
    that, so values between which there is a larger gap belong to different classes.
    """
    labels = _ranks(sites.kinds)
    for feature in _features(sites):
        order = np.lexsort((feature, labels))
        step = np.diff(labels[order], prepend=labels[order][:1])
        gap = np.diff(feature[order], prepend=feature[order][:1]) > 2 * tolerance
        labels = np.empty_like(labels)
        labels[order] = np.cumsum((step != 0) | gap)
    return labels


def _ranks(values: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _features(sites: Sites) -> list[NDArray[np.float64]]:
    positions = sites.positions
    centres = [np.zeros(SPACE)]
    centres += [positions[sites.kinds == kind].mean(axis=0) for kind in np.unique(sites.kinds)]
    features = [np.linalg.norm(positions - centre, axis=1) for centre in centres]
    return [*features, _mean_distances(positions)] if 0 < len(positions) <= MANY else features


MANY = 1500
"""Above this many sites the distances of all pairs are not formed."""


def _mean_distances(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    squares = np.square(positions).sum(axis=1)
    products = positions @ positions.T
    between = squares[:, None] + squares[None, :] - 2 * products
    mean: NDArray[np.float64] = np.sqrt(np.maximum(between, 0)).mean(axis=1)
    return mean


def choose_frame(
    positions: NDArray[np.float64], classes: NDArray[np.int64], tolerance: float
) -> NDArray[np.int64]:
    """Up to three sites that with the centre span the structure to within half the tolerance.

    Of the sites that are far enough from the span of those before, one of the smallest class is
    taken: it has the fewest possible images.
    """
    sizes = np.bincount(classes)[classes] if len(classes) else classes
    heights = positions.copy()
    frame: list[int] = []
    while len(frame) < SPACE and len(positions):
        height = np.linalg.norm(heights, axis=1)
        if height.max() <= tolerance / 2:
            break
        far = height >= SHARE_OF_HIGHEST * height.max()
        best = np.lexsort((-height, np.where(far, sizes, len(sizes) + 1)))[0]
        frame.append(int(best))
        axis = heights[best] / height[best]
        heights = heights - np.outer(heights @ axis, axis)
    return np.array(frame, np.int64)
