"""How hard the softest deformation of a structure is."""

from math import inf

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.rigidity.edge_list import Edges, checked_edges
from eloss_plugins.graphs.rigidity.frame import Frame, frame_of
from eloss_plugins.graphs.rigidity.matrix import rigidity_matrix
from eloss_plugins.graphs.rigidity.pinned_solve import pinned_solve
from eloss_plugins.graphs.structure import Structure

LARGEST_DENSE = 360
"""Coordinates up to which all eigenvalues at once are the faster way."""

RELATIVE_ERROR = 1e-8
"""Of the eigenvalue found by iteration."""


def smallest_eigenvalue(
    structure: Structure, edges: ArrayLike, weights: ArrayLike | None = None
) -> float:
    """The smallest eigenvalue of H = R^T K R but for the motions that the complete graph allows.

    Of edges with unit springs along unit directions; it is 0 for a structure that bends, and does
    not depend on the unit of length. Of a flat structure the motions within the plane or line
    count alone, since no graph resists others to first order.

    Args:
        structure: the coordinates.
        edges: `(edges, 2)`; those of coincident atoms have no direction and no stiffness.
        weights: `(edges,)` stiffness of each edge, 0 or more; 1 where not given.

    Returns:
        Infinity where there is nothing to deform: no two atoms, or all in one place.

    Raises:
        UsageError: the edges or weights are not such.
    """
    checked = checked_edges(edges, structure.num_atoms)
    strengths = _checked_weights(weights, edges, checked)
    frame = frame_of(structure)
    if frame.rank < 1:
        return inf
    return softest(stiffness_matrix(frame, checked, strengths), frame)


def stiffness_matrix(
    frame: Frame, edges: Edges, weights: NDArray[np.float64] | None = None
) -> csr_array:
    """H = R^T K R, `(atoms * rank, atoms * rank)`."""
    matrix = rigidity_matrix(frame.points, edges)
    weighted = matrix if weights is None else diags_array(weights) @ matrix
    return csr_array(matrix.T @ weighted)


def softest(stiffness: csr_array, frame: Frame) -> float:
    """The smallest eigenvalue of a stiffness matrix but for the rigid motions of the frame."""
    if stiffness.shape[0] <= LARGEST_DENSE:
        value = np.linalg.eigvalsh(stiffness.toarray())[frame.num_motions]
    else:
        value = _by_iteration(stiffness, frame)
    return max(float(value), 0.0)


def _by_iteration(stiffness: csr_array, frame: Frame) -> float:
    """The inverse of the largest eigenvalue of the pseudo-inverse."""
    solve = pinned_solve(stiffness, frame)
    if solve is None:
        return 0.0
    size = stiffness.shape[0]
    inverse = LinearOperator((size, size), matvec=solve, dtype=np.float64)
    start = np.random.default_rng(0).normal(size=size)
    try:
        values = eigsh(
            inverse, k=1, which="LA", v0=start, tol=RELATIVE_ERROR, return_eigenvectors=False
        )
    except ArpackNoConvergence:
        return 0.0
    return float(1 / values[0]) if np.isfinite(values[0]) and values[0] > 0 else 0.0


def _checked_weights(
    weights: ArrayLike | None, edges: ArrayLike, checked: Edges
) -> NDArray[np.float64] | None:
    if weights is None:
        return None
    values, pairs = np.asarray(weights, np.float64), np.asarray(edges)
    if values.shape != (len(pairs),) or not (np.isfinite(values) & (values >= 0)).all():
        raise UsageError(
            f"`weights` must hold a finite number, 0 or more, for each of {len(pairs)} edges; "
            f"got shape {values.shape}"
        )
    if not len(pairs):
        return values
    pairs = np.sort(pairs, axis=1)
    places = np.lexsort((pairs[:, 1], pairs[:, 0]))
    if len(places) != len(checked):
        raise UsageError("`weights` need `edges` without repetition; an edge is there twice")
    return values[places]
