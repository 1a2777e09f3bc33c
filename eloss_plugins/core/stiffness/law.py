"""What a stiffness law is."""

from typing import Protocol

from torch import Tensor

from eloss_plugins.core.pairs import Pairs


class StiffnessLaw(Protocol):
    """How stiff the spring between two atoms is; a frozen dataclass whose fields are its options.

    A law is a function of invariants of the data alone (distances, bonds, elements), so the loss
    keeps the symmetries of the molecule (Corollary 4.3).
    """

    def __call__(self, pairs: Pairs) -> Tensor:
        """Stiffness of each pair, >= 0 and finite, shaped like `pairs.distances`."""
