"""From atoms to pairs and from pairs to molecules, for padded batches and for edge lists."""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from eloss_plugins.core.edges.complete import complete_edges
from eloss_plugins.core.edges.edge_set import Edges
from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.core.segments import segment_sum


class Layout(Protocol):
    """The pairs of a batch: unordered, each once.

    Attributes:
        valid: bool like the pairs, false where an end is padding; None when all are valid.
        weight: weight of each pair in the sum, like the pairs; None for 1.
    """

    @property
    def valid(self) -> Tensor | None:
        """Which pairs join two real atoms."""

    @property
    def weight(self) -> Tensor | None:
        """How much each pair counts."""

    def ends(self, per_atom: Tensor) -> tuple[Tensor, Tensor]:
        """Values of the first and of the second atom of each pair, from one value per atom."""

    def difference(self, per_atom: Tensor) -> Tensor:
        """Value of the first minus value of the second atom of each pair."""

    def spread(self, per_molecule: Tensor) -> Tensor:
        """Values of the molecule that each pair belongs to, broadcastable to the pairs."""

    def total(self, per_pair: Tensor) -> Tensor:
        """`(molecules,)` sums over the pairs of each molecule."""

    def atoms(self) -> tuple[Tensor, Tensor]:
        """Numbers of both atoms of each pair in the flattened batch."""


@dataclass(frozen=True)
class PaddedPairs:
    """All pairs of a padded batch: static shapes, no value is looked at."""

    first: Tensor
    second: Tensor
    molecules: int
    slots: int
    valid: Tensor | None
    weight: Tensor | None = None

    @classmethod
    def of(cls, batch: LossBatch) -> "PaddedPairs":
        """The upper triangle of every molecule's distance matrix."""
        molecules, slots = batch.target.shape[:2]
        first, second = upper_triangle(slots, batch.target.device)
        valid = None if batch.mask is None else batch.mask[:, first] & batch.mask[:, second]
        return cls(first, second, molecules, slots, valid)

    def ends(self, per_atom: Tensor) -> tuple[Tensor, Tensor]:
        """From `(molecules, atoms, ...)` to two `(molecules, pairs, ...)`."""
        return per_atom.index_select(1, self.first), per_atom.index_select(1, self.second)

    def difference(self, per_atom: Tensor) -> Tensor:
        """First minus second end."""
        first, second = self.ends(per_atom)
        return first - second

    def spread(self, per_molecule: Tensor) -> Tensor:
        """From `(molecules,)` to `(molecules, 1)`."""
        return per_molecule[:, None]

    def total(self, per_pair: Tensor) -> Tensor:
        """From `(molecules, pairs)` to `(molecules,)`."""
        return per_pair.sum(-1)

    def atoms(self) -> tuple[Tensor, Tensor]:
        """Two `(molecules, pairs)` numbers in the flattened batch."""
        start = torch.arange(self.molecules, device=self.first.device)[:, None] * self.slots
        return start + self.first, start + self.second


@dataclass(frozen=True)
class ListedPairs:
    """The pairs of an edge list over the flattened atoms."""

    first: Tensor
    second: Tensor
    molecule: Tensor
    num_molecules: int
    padded: bool
    backend: str
    valid: Tensor | None = None
    weight: Tensor | None = None

    @classmethod
    def of(cls, batch: LossBatch, edges: Edges, backend: str) -> "ListedPairs":
        """The pairs named by `edges`."""
        first, second = edges.index
        mask = None if batch.mask is None else batch.mask.flatten()
        return cls(
            first,
            second,
            molecule_of_atoms(batch, first),
            batch.num_molecules,
            batch.batch is None,
            backend,
            None if mask is None else mask[first] & mask[second],
            edges.weight,
        )

    def ends(self, per_atom: Tensor) -> tuple[Tensor, Tensor]:
        """From `(molecules, atoms, ...)` or `(atoms, ...)` to two `(edges, ...)`."""
        flat = per_atom.flatten(0, 1) if self.padded else per_atom
        return flat.index_select(0, self.first), flat.index_select(0, self.second)

    def difference(self, per_atom: Tensor) -> Tensor:
        """First minus second end."""
        first, second = self.ends(per_atom)
        return first - second

    def spread(self, per_molecule: Tensor) -> Tensor:
        """From `(molecules,)` to `(edges,)`."""
        return per_molecule[self.molecule]

    def total(self, per_pair: Tensor) -> Tensor:
        """From `(edges,)` to `(molecules,)`."""
        return segment_sum(per_pair, self.molecule, self.num_molecules, backend=self.backend)

    def atoms(self) -> tuple[Tensor, Tensor]:
        """Two `(edges,)` numbers in the flattened batch."""
        return self.first, self.second


def upper_triangle(slots: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Both ends of every pair i < j of `slots` atoms, row by row.

    `torch.triu_indices` says the same, but under torch.compile it pins the number of atoms, and
    every new padded length would compile anew.
    """
    row = torch.arange(slots, device=device)
    starts = row * (2 * slots - row - 1) // 2
    pair = torch.arange(slots * (slots - 1) // 2, device=device)
    first = torch.searchsorted(starts, pair, right=True) - 1
    return first, pair - starts[first] + first + 1


def molecule_of_atoms(batch: LossBatch, atoms: Tensor) -> Tensor:
    """The molecule of each atom number of the flattened batch."""
    if batch.batch is not None:
        return batch.batch[atoms]
    return atoms // batch.target.shape[1]


def lay_out(batch: LossBatch, edges: Edges | None, backend: str = "torch") -> Layout:
    """The pairs of a batch: those of `edges`, or all of them for None.

    Args:
        batch: padded or flat.
        edges: an edge set's answer.
        backend: of the segment sums, see `segments.segment_sum`; padded complete sums need none.
    """
    if edges is not None:
        return ListedPairs.of(batch, edges, backend)
    if batch.batch is None:
        return PaddedPairs.of(batch)
    return ListedPairs.of(batch, complete_edges(batch.batch, batch.num_molecules), backend)
