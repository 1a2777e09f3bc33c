"""Which pairs send messages, and by what their sum is divided; one for all layers of a network."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from eloss_plugins.trainers.networks.pairs import real_pairs

Method = Literal["sum", "mean"]


@dataclass(frozen=True)
class Aggregation:
    """How a layer sums over pairs.

    Attributes:
        weight: `(molecules, atoms, atoms)` float, 1 where the pair (i, j) counts.
        divisor: `(molecules, 1, 1)` float, what the sum over j is divided by.
        real: `(molecules, atoms, 1)` float, 1 for real atoms.
    """

    weight: Tensor
    divisor: Tensor
    real: Tensor


@dataclass(frozen=True)
class AggregationRule:
    """Makes an `Aggregation` for a batch.

    Attributes:
        method: `sum` divides by `normalization_factor`, `mean` by the number of atoms.
        normalization_factor: divisor of a sum.
        with_self: an atom sends a message to itself.
        count_padding: padding atoms count, as in EDM's code: in the divisor of a mean, and, for
            a network `with_self`, as senders. Off, a molecule's result does not depend on how
            far it is padded. Both agree on a batch without padding.
    """

    method: Method
    normalization_factor: float
    with_self: bool
    count_padding: bool

    def __call__(self, mask: Tensor, dtype: torch.dtype) -> Aggregation:
        """The aggregation for `mask`, `(molecules, atoms)` bool."""
        every = self.count_padding and self.with_self
        senders = torch.ones_like(mask) if every else mask
        weight = real_pairs(senders, with_self=self.with_self)
        return Aggregation(
            weight.to(dtype), self._divisor(mask, dtype), mask.unsqueeze(-1).to(dtype)
        )

    def _divisor(self, mask: Tensor, dtype: torch.dtype) -> Tensor:
        counted = torch.ones_like(mask) if self.count_padding else mask
        if self.method == "mean":
            atoms = counted.sum(1).clamp(min=1)
        else:
            atoms = torch.full_like(mask.sum(1), 1) * self.normalization_factor
        return atoms.to(dtype).view(-1, 1, 1)
