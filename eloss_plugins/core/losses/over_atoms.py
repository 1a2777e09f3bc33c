"""Options and the last step of losses that are squares summed over atoms."""

from dataclasses import dataclass

from torch import Tensor

from eloss_plugins.core.checks import check_known, check_not_negative
from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.core.losses.loss import clamped
from eloss_plugins.core.reductions import ATOM_REDUCTIONS, reduce_atoms


@dataclass(frozen=True)
class OverAtoms:
    """Ground of a loss that has one number for each molecule, of second order in the error.

    Attributes:
        weight: factor on the result.
        reduction: `mean` over real atoms and coordinates, `sum`, `per_atom`, or `per_channel`
            (over atoms, coordinates and features, as EDM counts).
        maximal_weight: cap on the time weight 1 / r**2; None for no cap.
    """

    weight: float = 1.0
    reduction: str = "mean"
    maximal_weight: float | None = None

    def __post_init__(self) -> None:
        check_known("reduction", self.reduction, ATOM_REDUCTIONS)
        check_not_negative(weight=self.weight, maximal_weight=self.maximal_weight)

    def _of(self, batch: LossBatch, total: Tensor) -> Tensor:
        """`(molecules,)` of the `(molecules,)` sums over atoms, under these options."""
        loss = reduce_atoms(batch, total, self.reduction)
        return batch.answer(clamped(batch, loss, self.maximal_weight) * self.weight)
