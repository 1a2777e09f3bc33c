"""The curvature of a Lennard-Jones potential at its minimum, with bonds of their own stiffness."""

from dataclasses import dataclass

import torch
from torch import Tensor

from eloss_plugins.core.checks import check_not_negative
from eloss_plugins.core.pairs import Pairs

CURVATURE = 72.0
"""r0**2 phi''(r0) / well depth, for phi = well depth * ((r0 / r)**12 - 2 (r0 / r)**6)."""


@dataclass(frozen=True)
class LennardJones:
    """k = 72 well_depth / (r**2 + epsilon); bonded pairs get the constant `bonded` where given.

    Attributes:
        well_depth: depth of the potential; 1 is the paper's formula.
        bonded: stiffness of pairs that share a bond; None treats them as all others. The
            authors' molecule trainer has bonded = 9 and well_depth = 9 / 72.
        epsilon: square angstrom, softening at short distances; the paper has none.
    """

    well_depth: float = 1.0
    bonded: float | None = None
    epsilon: float = 0.0

    def __post_init__(self) -> None:
        check_not_negative(well_depth=self.well_depth, bonded=self.bonded, epsilon=self.epsilon)

    @property
    def uses_bonds(self) -> bool:
        """Whether the law tells bonded pairs from others."""
        return self.bonded is not None

    def __call__(self, pairs: Pairs) -> Tensor:
        """`(...)` stiffness.

        Raises:
            ValueError: `bonded` is set and the batch has no bonds.
        """
        stiffness = CURVATURE * self.well_depth / (pairs.distances.square() + self.epsilon)
        if self.bonded is None:
            return stiffness
        if pairs.bond_orders is None:
            raise ValueError(
                "lennard-jones with `bonded` set needs the bonds of the molecules, and this "
                "batch has none; pass `bonds` in the loss batch or leave `bonded` unset"
            )
        return torch.where(pairs.bond_orders > 0, self.bonded, stiffness)
