"""Each atom's own stiffness: the sum of u u^T over its edges, u their unit directions.

It is the block of the atom in the stiffness matrix of the whole graph. With the blocks alone, the
effect of a new edge is known at once: an edge along u stiffens its two ends the more, the larger
u^T S^-1 u is, the compliance along it.
"""

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.jit import compiled

SOFTEST = 0.05
"""Added to the diagonal: an atom that nothing holds has this stiffness, not 0."""


@compiled
def unit_direction(
    points: NDArray[np.float64], first: int, second: int, direction: NDArray[np.float64]
) -> None:
    """Write the direction from one point to another; zeros where they coincide."""
    squared = 0.0
    for axis in range(points.shape[1]):
        direction[axis] = points[second, axis] - points[first, axis]
        squared += direction[axis] ** 2
    length = np.sqrt(squared)
    for axis in range(points.shape[1]):
        direction[axis] = direction[axis] / length if length > 0.0 else 0.0


@compiled
def add_spring(
    stiffness: NDArray[np.float64], first: int, second: int, direction: NDArray[np.float64]
) -> None:
    """Add an edge along `direction` to the `(atoms, D, D)` stiffness of its two ends."""
    for row in range(len(direction)):
        for column in range(len(direction)):
            product = direction[row] * direction[column]
            stiffness[first, row, column] += product
            stiffness[second, row, column] += product


@compiled
def own_stiffness(points: NDArray[np.float64], pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    """`(atoms, D, D)` of a set of edges."""
    num_atoms, dimensions = points.shape
    stiffness = np.zeros((num_atoms, dimensions, dimensions))
    direction = np.empty(dimensions)
    for k in range(len(pairs)):
        unit_direction(points, pairs[k, 0], pairs[k, 1], direction)
        add_spring(stiffness, pairs[k, 0], pairs[k, 1], direction)
    return stiffness


@compiled
def determinant(a: NDArray[np.float64], shift: float) -> float:
    """Of a symmetric matrix of at most three rows, with `shift` added to its diagonal."""
    if len(a) == 1:
        return float(a[0, 0] + shift)
    x, y = a[0, 0] + shift, a[1, 1] + shift
    if len(a) == 2:
        return float(x * y - a[0, 1] ** 2)
    z = a[2, 2] + shift
    return float(
        x * (y * z - a[1, 2] ** 2)
        - a[0, 1] * (a[0, 1] * z - a[1, 2] * a[0, 2])
        + a[0, 2] * (a[0, 1] * a[1, 2] - y * a[0, 2])
    )


@compiled
def compliance(a: NDArray[np.float64], u: NDArray[np.float64]) -> float:
    """u^T (a + SOFTEST)^-1 u, of at most three rows, by cofactors."""
    if len(a) == 1:
        return float(u[0] ** 2 / (a[0, 0] + SOFTEST))
    x, y, xy = a[0, 0] + SOFTEST, a[1, 1] + SOFTEST, a[0, 1]
    whole = determinant(a, SOFTEST)
    if len(a) == 2:
        return float((u[0] ** 2 * y - 2.0 * u[0] * u[1] * xy + u[1] ** 2 * x) / whole)
    z, yz, xz = a[2, 2] + SOFTEST, a[1, 2], a[0, 2]
    diagonal = (
        u[0] ** 2 * (y * z - yz * yz)
        + u[1] ** 2 * (x * z - xz * xz)
        + u[2] ** 2 * (x * y - xy * xy)
    )
    mixed = (
        u[0] * u[1] * (xz * yz - xy * z)
        + u[0] * u[2] * (xy * yz - xz * y)
        + u[1] * u[2] * (xy * xz - x * yz)
    )
    return float((diagonal + 2.0 * mixed) / whole)


@compiled
def is_stiff(a: NDArray[np.float64], least: float) -> bool:
    """Whether all eigenvalues are at least `least`: the leading minors of a - least are."""
    stiff = True
    for size in range(1, len(a) + 1):
        stiff = stiff and determinant(a[:size, :size], -least) > 0.0
    return stiff


@compiled
def gain(
    points: NDArray[np.float64],
    stiffness: NDArray[np.float64],
    pair: tuple[int, int],
    direction: NDArray[np.float64],
) -> float:
    """How much an edge would stiffen its two ends; writes its direction."""
    unit_direction(points, pair[0], pair[1], direction)
    return compliance(stiffness[pair[0]], direction) + compliance(stiffness[pair[1]], direction)
