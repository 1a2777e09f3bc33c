"""Squared error of the network's own output."""

from dataclasses import dataclass

from torch import Tensor

from eloss_plugins.core.checks import check_known, check_not_negative
from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.core.losses.loss import clamped
from eloss_plugins.core.numerics import full_precision
from eloss_plugins.core.reductions import ATOM_REDUCTIONS, atom_sums, reduce_atoms


@dataclass(frozen=True)
class Mse:
    """|residual|**2: the loss that trainers have, exact under padding.

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

    def __call__(self, batch: LossBatch) -> Tensor:
        """`(molecules,)` squared errors; 0 for an empty molecule."""
        with full_precision(batch.residual):
            total = atom_sums(batch, batch.clean_residual().square().sum(-1))
            loss = reduce_atoms(batch, total, self.reduction)
            return batch.answer(clamped(batch, loss, self.maximal_weight) * self.weight)
