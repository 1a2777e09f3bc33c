"""Solutions of H x = b for a stiffness matrix, whose null space are the rigid motions."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array
from scipy.sparse.linalg import splu

from eloss_plugins.graphs.rigidity.frame import Frame

Solve = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def pinned_solve(stiffness: csr_array, frame: Frame) -> Solve | None:
    """The pseudo-inverse of a stiffness matrix as a function; None where more than that bends.

    With as many coordinates held as there are rigid motions, the rest is regular; projections
    before and after make the result independent of which are held.

    Args:
        stiffness: `(atoms * rank, atoms * rank)` H.
        frame: of the structure that it belongs to.
    """
    free = np.flatnonzero(~frame.pinned())
    motions = frame.motions()
    block = csc_array(stiffness[free][:, free])
    try:
        factors = splu(
            block,
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )
    except RuntimeError:  # exactly singular
        return None

    def solve(force: NDArray[np.float64]) -> NDArray[np.float64]:
        balanced = force - motions @ (motions.T @ force)
        moved = np.zeros_like(balanced)
        moved[free] = factors.solve(balanced[free])
        return np.asarray(moved - motions @ (motions.T @ moved))

    return solve
