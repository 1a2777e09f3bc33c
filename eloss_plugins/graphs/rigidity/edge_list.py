"""Edges of any graph, checked."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eloss_plugins.errors import UsageError

Edges: TypeAlias = NDArray[np.int64]
"""`(edges, 2)` atoms, each edge once, the smaller atom first."""


def checked_edges(edges: ArrayLike, num_atoms: int) -> Edges:
    """Each edge once, the smaller atom first, sorted.

    Raises:
        UsageError: not pairs of two different atoms.
    """
    pairs = np.asarray(edges)
    if pairs.size == 0:
        return np.zeros((0, 2), np.int64)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or not np.issubdtype(pairs.dtype, np.integer):
        raise UsageError(
            f"`edges` must be (edges, 2) integers; got {pairs.dtype} of shape {pairs.shape}"
        )
    if pairs.min() < 0 or pairs.max() >= num_atoms or (pairs[:, 0] == pairs[:, 1]).any():
        raise UsageError(f"`edges` must join two different atoms of {num_atoms}")
    return np.unique(np.sort(pairs.astype(np.int64), axis=1), axis=0)


def is_complete(edges: Edges, num_atoms: int) -> bool:
    """Whether all pairs are edges."""
    return len(edges) == num_atoms * (num_atoms - 1) // 2
