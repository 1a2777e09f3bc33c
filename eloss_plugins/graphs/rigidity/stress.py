"""Equilibrium stresses: weights of the edges under which every atom is balanced."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from eloss_plugins.graphs.rigidity.edge_list import Edges
from eloss_plugins.graphs.rigidity.frame import Frame
from eloss_plugins.graphs.rigidity.matrix import rigidity_matrix
from eloss_plugins.graphs.rigidity.pinned_solve import pinned_solve

REFINEMENTS = 3
"""Projections onto the stresses; each takes out what rounding left of the one before."""


def random_stress(
    frame: Frame, edges: Edges, rng: np.random.Generator
) -> NDArray[np.float64] | None:
    """`(edges,)` a random w with R^T w = 0, so sum_j w_ij u_ij = 0 at each atom i, and |w| = 1.

    Returns:
        None where the structure bends, or no stress but 0 exists.
    """
    matrix = rigidity_matrix(frame.points, edges)
    solve = pinned_solve(csr_array(matrix.T @ matrix), frame)
    if solve is None:
        return None
    stress = rng.normal(size=len(edges))
    for _ in range(REFINEMENTS):
        before = np.linalg.norm(stress)
        stress = stress - matrix @ solve(matrix.T @ stress)
        after = np.linalg.norm(stress)
        if not after > LEAST_SHARE * before:
            return None
        stress = stress / after
    return stress


LEAST_SHARE = 1e-6
"""Of a random vector in the stresses; there are none where less is left."""


def stress_matrix(frame: Frame, edges: Edges, stress: NDArray[np.float64]) -> csr_array:
    """Omega, `(atoms, atoms)`: the Laplacian whose edge weights are stress over length."""
    num_atoms = len(frame.points)
    lengths = np.linalg.norm(frame.points[edges[:, 0]] - frame.points[edges[:, 1]], axis=1)
    weights = stress / lengths
    first, second = edges.T
    rows = np.concatenate([first, second, first, second])
    columns = np.concatenate([second, first, first, second])
    values = np.concatenate([-weights, -weights, weights, weights])
    return csr_array((values, (rows, columns)), shape=(num_atoms, num_atoms))
