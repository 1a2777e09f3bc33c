"""What a stiffness law sees of the pairs of atoms."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Pairs:
    """Pairs of atoms of the data, each unordered pair once; no gradient flows through any of it.

    Padded batches give `(molecules, pairs)` tensors, edge lists `(edges,)`; a law is elementwise
    and need not know which.

    Attributes:
        distances: `(...)` distances in angstrom, all positive: 1 stands for pairs that do not
            count (padding, atoms at one place).
        bond_orders: `(...)` 0, 1, 1.5, 2 or 3; None when the batch has no bonds.
        numbers: two `(...)` int64 tensors, atomic numbers of both ends; None when unknown.
    """

    distances: Tensor
    bond_orders: Tensor | None = None
    numbers: tuple[Tensor, Tensor] | None = None
