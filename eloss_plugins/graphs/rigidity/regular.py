"""Whether a symmetric matrix has no null space but the one that is known."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array
from scipy.sparse.linalg import norm, splu

SINGULAR = 1e-11
"""Smallest eigenvalue, relative to the largest, that is told from 0 by double precision."""

LARGEST_DENSE = 300
"""Rows up to which all eigenvalues at once are the faster way."""

ROUNDS = 12
"""Of inverse iteration; each gains the ratio of the two smallest eigenvalues."""


def is_regular_but_for(matrix: csr_array, left_out: NDArray[np.int64]) -> bool:
    """Whether a symmetric matrix is regular without some rows and their columns.

    Args:
        matrix: `(rows, rows)`.
        left_out: rows, as many as the known null space has dimensions, independent on it.
    """
    kept = np.setdiff1d(np.arange(matrix.shape[0]), left_out)
    block = csc_array(matrix[kept][:, kept])
    largest = float(norm(block, 1))
    if not len(kept) or largest == 0.0:
        return not len(kept)
    if len(kept) <= LARGEST_DENSE:
        smallest = float(np.abs(np.linalg.eigvalsh(block.toarray())).min())
    else:
        smallest = _smallest(block)
    return smallest > SINGULAR * largest


def _smallest(block: csc_array) -> float:
    """About the smallest absolute eigenvalue, never far below it."""
    try:
        factors = splu(block, permc_spec="MMD_AT_PLUS_A")
    except RuntimeError:  # exactly singular
        return 0.0
    vector = np.random.default_rng(0).normal(size=block.shape[0])
    growth = np.inf
    for _ in range(ROUNDS):
        vector = vector / np.linalg.norm(vector)
        vector = factors.solve(vector)
        growth = float(np.linalg.norm(vector))
        if not np.isfinite(growth):
            return 0.0
    return 1.0 / growth
