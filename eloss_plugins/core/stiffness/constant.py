"""k = k0."""

from dataclasses import dataclass

import torch
from torch import Tensor

from eloss_plugins.core.checks import check_not_negative
from eloss_plugins.core.pairs import Pairs


@dataclass(frozen=True)
class Constant:
    """Every pair equally stiff: k = prefactor.

    Attributes:
        prefactor: k0, dimensionless; 1 is the paper's formula.
    """

    prefactor: float = 1.0

    def __post_init__(self) -> None:
        check_not_negative(prefactor=self.prefactor)

    def __call__(self, pairs: Pairs) -> Tensor:
        """`(...)` stiffness."""
        return torch.full_like(pairs.distances, self.prefactor)
