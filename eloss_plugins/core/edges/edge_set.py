"""Edges, and what an edge set is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import torch
from torch import Tensor

from eloss_plugins.core.bonds import pair_key
from eloss_plugins.core.loss_batch import LossBatch

if TYPE_CHECKING:
    from eloss_plugins.core.stiffness import StiffnessLaw


@dataclass(frozen=True)
class Edges:
    """Undirected pairs of atoms, each once.

    Attributes:
        index: `(2, edges)` int64, atoms of the flattened batch (`molecule * atoms + atom` when
            padded).
        weight: `(edges,)` weight of each edge in the sum, for edges drawn at random the inverse
            of their probability (Horvitz and Thompson), so that the sum stays unbiased; None
            for 1.
    """

    index: Tensor
    weight: Tensor | None = None

    def __post_init__(self) -> None:
        if self.index.ndim != 2 or self.index.shape[0] != 2:
            raise ValueError(
                "an edge index must have shape (2, edges), one column for each undirected pair; "
                f"got {tuple(self.index.shape)}"
            )
        if self.index.dtype != torch.int64:
            raise TypeError(f"an edge index must be int64; got {self.index.dtype}. Use .long()")
        if self.weight is not None and self.weight.shape != self.index.shape[1:]:
            raise ValueError(
                f"edge weights must have shape ({self.index.shape[1]},), one for each edge; "
                f"got {tuple(self.weight.shape)}"
            )


class EdgeSet(Protocol):
    """A rule that picks the pairs of a batch; a frozen dataclass whose fields are its options."""

    def __call__(self, batch: LossBatch) -> Edges | None:
        """The edges of `batch`; None for all pairs of every molecule."""


def for_law(edges: EdgeSet, law: "StiffnessLaw") -> Callable[[LossBatch], Edges | None]:
    """The edge set as it is with stiffness `law`.

    One that draws stiff pairs more often than soft ones says so by a method `for_law(law)`, which
    gives a function of the batch; any other is its own answer.
    """
    told: Callable[[StiffnessLaw], Callable[[LossBatch], Edges | None]] | None
    told = getattr(edges, "for_law", None)
    return edges if told is None else told(law)


def edges_from_user(index: Tensor, batch: LossBatch) -> Edges:
    """Check an edge index that a user wrote, value by value.

    Both directions of a pair, (i, j) and (j, i), as graph libraries store them, count once.
    While torch.compile traces, values cannot be seen, and only shapes and types are checked.

    Args:
        index: `(2, edges)` integer atoms of the flattened batch; int32 is widened.
        batch: the batch it belongs to.

    Raises:
        ValueError: an atom out of range, a pair of an atom with itself, a pair between two
            molecules, or one pair twice in the same direction.
        TypeError: not an integer tensor.
    """
    if index.is_floating_point() or index.is_complex() or index.dtype == torch.bool:
        raise TypeError(f"an edge index must be int64; got {index.dtype}")
    edges = Edges(index.to(batch.target.device, torch.int64))
    if torch.compiler.is_compiling():
        return edges
    _check_ends(edges.index, batch)
    return Edges(_each_pair_once(edges.index, batch.num_slots))


def _check_ends(index: Tensor, batch: LossBatch) -> None:
    slots = batch.num_slots
    outside = (index < 0) | (index >= slots)
    if outside.any():
        raise ValueError(
            f"edges must name atoms 0 to {slots - 1} of the flattened batch; "
            f"got {index[outside][0]}. For padded positions the number is molecule * atoms + atom"
        )
    first, second = index
    if (first == second).any():
        raise ValueError(
            f"edges must join two atoms; got ({first[first == second][0]}, itself). "
            "Remove self loops: index[:, index[0] != index[1]]"
        )
    width = batch.target.shape[1] if batch.batch is None else 1
    owner = index // width if batch.batch is None else batch.batch[index]
    if (owner[0] != owner[1]).any():
        place = (owner[0] != owner[1]).nonzero()[0, 0]
        raise ValueError(
            "edges must stay within a molecule; "
            f"got ({first[place]}, {second[place]}) between two of them"
        )


def _each_pair_once(index: Tensor, slots: int) -> Tensor:
    directed = index[0] * slots + index[1]
    values, counts = torch.unique(directed, return_counts=True)
    if (counts > 1).any():
        twice = values[counts > 1][0]
        raise ValueError(
            f"each edge must stand once; got ({twice // slots}, {twice % slots}) more than once"
        )
    key = torch.unique(pair_key(index[0], index[1], slots))
    if key.shape[0] == index.shape[1]:
        return index
    return torch.stack([key // slots, key % slots])
