"""Absolute error of the network's own output."""

from dataclasses import dataclass

from torch import Tensor

from eloss_plugins.core.checks import check_known, check_not_negative
from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.core.numerics import full_precision
from eloss_plugins.core.reductions import ATOM_REDUCTIONS, atom_sums, reduce_atoms


@dataclass(frozen=True)
class Mae:
    """|residual| summed over coordinates, exact under padding; its gradient is 0 at 0.

    Being of first order in the error, its time weight is 1 / r where the others have 1 / r**2.

    Attributes:
        weight: factor on the result.
        reduction: `mean` over real atoms and coordinates, `sum`, `per_atom`, or `per_channel`
            (over atoms, coordinates and features, as EDM counts).
    """

    weight: float = 1.0
    reduction: str = "mean"

    def __post_init__(self) -> None:
        check_known("reduction", self.reduction, ATOM_REDUCTIONS)
        check_not_negative(weight=self.weight)

    def __call__(self, batch: LossBatch) -> Tensor:
        """`(molecules,)` absolute errors; 0 for an empty molecule."""
        with full_precision(batch.residual):
            total = atom_sums(batch, batch.clean_residual().abs().sum(-1))
            return batch.answer(reduce_atoms(batch, total, self.reduction) * self.weight)
