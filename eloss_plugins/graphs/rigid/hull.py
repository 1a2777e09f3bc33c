"""The smallest line, plane or space that holds a cloud, spanned by points of the cloud."""

import numpy as np
from numpy.typing import NDArray


def spanning_simplex(
    points: NDArray[np.float64], tolerance: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Points that span the flat of all: each the farthest from the flat of those before it.

    Args:
        points: `(points, D)`.
        tolerance: height at which all points count as in the flat.

    Returns:
        `(rank + 1,)` indices and the `(rank,)` height of each but the first, falling.
    """
    if not len(points):
        return np.zeros(0, np.int64), np.zeros(0)
    chosen, heights = [_farthest(points - points.mean(axis=0))[0]], []
    left = points - points[chosen[0]]
    while len(chosen) <= points.shape[1]:
        index, height = _farthest(left)
        if height <= tolerance:
            break
        chosen.append(index)
        heights.append(height)
        direction = left[index] / height
        left = left - np.outer(left @ direction, direction)
    return np.array(chosen, np.int64), np.array(heights)


def hull_coordinates(
    points: NDArray[np.float64], simplex: NDArray[np.int64]
) -> NDArray[np.float64]:
    """`(points, rank)` coordinates within the flat of a simplex; the given ones if it is all."""
    rank = max(len(simplex) - 1, 0)
    if rank == points.shape[1]:
        return points
    if rank == 0:
        return np.zeros((len(points), 0))
    from_first = points - points[simplex[0]]
    frame, _ = np.linalg.qr(from_first[simplex[1:]].T)
    return np.asarray(from_first @ frame)


def _farthest(arms: NDArray[np.float64]) -> tuple[int, float]:
    squared = np.einsum("ij,ij->i", arms, arms)
    index = int(squared.argmax())
    return index, float(np.sqrt(squared[index]))
