"""Chemical bonds of a batch, and the order of any pair of atoms."""

from dataclasses import dataclass

import torch
from torch import Tensor

from eloss_plugins.core.numerics import working_dtype


@dataclass(frozen=True)
class Bonds:
    """The bonds of all molecules of a batch, each once.

    Attributes:
        index: `(2, bonds)` int64, atoms of the flattened batch (`molecule * atoms + atom` when
            padded).
        order: `(bonds,)` 1, 2, 3 or 1.5.
    """

    index: Tensor
    order: Tensor

    def __post_init__(self) -> None:
        if self.index.dtype != torch.int64 or self.index.ndim != 2 or self.index.shape[0] != 2:
            raise ValueError(
                "`Bonds.index` must be int64 of shape (2, bonds); "
                f"got {self.index.dtype} {tuple(self.index.shape)}"
            )
        if self.order.shape != self.index.shape[1:]:
            raise ValueError(
                f"`Bonds.order` must have shape ({self.index.shape[1]},), one order for each "
                f"bond; got {tuple(self.order.shape)}"
            )


def pair_key(first: Tensor, second: Tensor, num_atoms: int) -> Tensor:
    """One number for each unordered pair of atoms, the same in both directions."""
    return torch.minimum(first, second) * num_atoms + torch.maximum(first, second)


def bond_orders(bonds: Bonds, first: Tensor, second: Tensor, num_atoms: int) -> Tensor:
    """Bond order of each pair, 0 where there is no bond.

    Args:
        bonds: the bonds.
        first: `(...)` int64, one end of each pair, atoms of the flattened batch.
        second: `(...)` int64, the other end.
        num_atoms: atoms in the flattened batch, padding included.

    Returns:
        `(...)` orders, floating point.
    """
    keys, place = pair_key(bonds.index[0], bonds.index[1], num_atoms).sort()
    order = bonds.order.to(working_dtype(bonds.order))[place]
    # A sentinel above every key keeps the look-up inside the table, also for no bonds at all.
    keys = torch.cat([keys, keys.new_full((1,), num_atoms * num_atoms)])
    order = torch.cat([order, order.new_zeros(1)])
    wanted = pair_key(first, second, num_atoms)
    found = torch.searchsorted(keys, wanted)
    return torch.where(keys[found] == wanted, order[found], 0)
