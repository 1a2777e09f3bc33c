"""The rigidity matrix: how fast each edge grows when the atoms move."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from eloss_plugins.graphs.rigidity.edge_list import Edges


def unit_directions(points: NDArray[np.float64], edges: Edges) -> NDArray[np.float64]:
    """`(edges, D)` from the second atom to the first; zeros where they coincide."""
    arms = points[edges[:, 0]] - points[edges[:, 1]]
    lengths = np.linalg.norm(arms, axis=1, keepdims=True)
    return np.asarray(np.divide(arms, lengths, out=np.zeros_like(arms), where=lengths > 0))


def rigidity_matrix(points: NDArray[np.float64], edges: Edges) -> csr_array:
    """R, `(edges, atoms * D)`: row e has u at the first atom of e and -u at the second.

    Unit directions u make its singular values independent of the unit of length and its rank
    that of the usual matrix.

    Args:
        points: `(atoms, D)`.
        edges: `(edges, 2)`.
    """
    num_atoms, dimensions = points.shape
    directions = unit_directions(points, edges)
    columns = edges[:, :, None] * dimensions + np.arange(dimensions)
    values = np.stack([directions, -directions], axis=1)
    starts = np.arange(len(edges) + 1) * 2 * dimensions
    shape = (len(edges), num_atoms * dimensions)
    return csr_array((values.reshape(-1), columns.reshape(-1), starts), shape=shape)
