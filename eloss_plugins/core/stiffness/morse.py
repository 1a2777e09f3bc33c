"""The curvature of a Morse potential at its minimum."""

from dataclasses import dataclass

import torch
from torch import Tensor

from eloss_plugins.core.checks import check_not_negative, check_positive
from eloss_plugins.core.pairs import Pairs


@dataclass(frozen=True)
class Morse:
    """k = 2 D a**2, the second derivative of D (1 - exp(-a (r - r0)))**2 at r = r0.

    Attributes:
        well_depth: D, energy of the pair at infinite distance over that at the minimum.
        inverse_width: a, 1 / angstrom.
    """

    well_depth: float = 1.0
    inverse_width: float = 1.0

    def __post_init__(self) -> None:
        check_not_negative(well_depth=self.well_depth)
        check_positive(inverse_width=self.inverse_width)

    def __call__(self, pairs: Pairs) -> Tensor:
        """`(...)` stiffness, the same for every pair."""
        return torch.full_like(pairs.distances, 2 * self.well_depth * self.inverse_width**2)
