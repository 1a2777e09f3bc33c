"""k = k0 exp(-r)."""

from dataclasses import dataclass

from torch import Tensor

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

    def __call__(self, pairs: Pairs) -> Tensor:
        """`(...)` stiffness."""
        return self.prefactor * (-pairs.distances / self.length).exp()
