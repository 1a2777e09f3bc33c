"""k = k0 / r."""

from dataclasses import dataclass

from torch import Tensor

from eloss_plugins.core.checks import check_not_negative, check_positive
from eloss_plugins.core.pairs import Pairs


@dataclass(frozen=True)
class Inverse:
    """k = prefactor * length / (r + epsilon).

    Attributes:
        prefactor: k0; 1 is the paper's formula.
        length: angstrom, the distance at which k = prefactor.
        epsilon: angstrom, softening at short distances; the paper has none.
    """

    prefactor: float = 1.0
    length: float = 1.0
    epsilon: float = 0.0

    def __post_init__(self) -> None:
        check_not_negative(prefactor=self.prefactor, epsilon=self.epsilon)
        check_positive(length=self.length)

    def __call__(self, pairs: Pairs) -> Tensor:
        """`(...)` stiffness."""
        return self.prefactor * self.length / (pairs.distances + self.epsilon)
