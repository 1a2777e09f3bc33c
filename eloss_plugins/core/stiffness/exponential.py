"""k = k0 exp(-r)."""

from dataclasses import dataclass

from torch import Tensor

from eloss_plugins.core.checks import check_not_negative, check_positive
from eloss_plugins.core.pairs import Pairs


@dataclass(frozen=True)
class Exponential:
    """k = prefactor * exp(-r / length): the paper's best law for EDM and for a plain GNN.

    Attributes:
        prefactor: k0; 1 is the paper's formula.
        length: angstrom over which k falls by e; 1 in the paper.
    """

    prefactor: float = 1.0
    length: float = 1.0

    def __post_init__(self) -> None:
        check_not_negative(prefactor=self.prefactor)
        check_positive(length=self.length)

    def __call__(self, pairs: Pairs) -> Tensor:
        """`(...)` stiffness."""
        return self.prefactor * (-pairs.distances / self.length).exp()
