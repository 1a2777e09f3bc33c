"""A molecule that was seen, and the proof that another is the same: equal edge lengths."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.edge_sets.molecules import Molecules

Floats = NDArray[np.float64]
P = TypeVar("P", bound="Sized")

TOLERANCE = 1e-3
"""Angstrom by which edge lengths may differ; rounding to float32 gives some 1e-6."""


class Sized(Protocol):
    """What is kept for a molecule."""

    @property
    def nbytes(self) -> int:
        """Memory that it takes."""


@dataclass(frozen=True, eq=False)
class Known(Generic[P]):
    """A molecule that was seen.

    Attributes:
        edges: `(edges, 2)` int32 whose lengths tell it from all others.
        lengths: `(edges,)` angstrom.
        kept: what is kept for it.
    """

    edges: NDArray[np.int32]
    lengths: Floats
    kept: P

    @property
    def nbytes(self) -> int:
        """Memory that it takes."""
        return self.edges.nbytes + self.lengths.nbytes + self.kept.nbytes


def distances(positions: Floats, listed: NDArray[np.integer]) -> Floats:
    """`(pairs,)` distances of the listed pairs of atoms."""
    difference = positions[listed[:, 0]] - positions[listed[:, 1]]
    found: Floats = np.sqrt(np.square(difference).sum(axis=1))
    return found


def are_same(
    molecules: Molecules, places: Sequence[int], known: Sequence[Known[P]]
) -> NDArray[np.bool_]:
    """Whether each molecule has the edge lengths of the known one beside it."""
    counts = [len(one.lengths) for one in known]
    start = np.repeat(molecules.offsets[np.asarray(places, np.int64)], counts)
    edges = np.concatenate([one.edges for one in known]).astype(np.int64) + start[:, None]
    stored = np.concatenate([one.lengths for one in known])
    off = np.abs(distances(molecules.positions, edges) - stored) > TOLERANCE
    owner = np.repeat(np.arange(len(known)), counts)
    wrong: NDArray[np.bool_] = np.bincount(owner, off, len(known)) > 0
    return ~wrong
