"""What a position loss is, and what all of them share."""

from typing import Protocol

from torch import Tensor

from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.core.prediction_types import clamp_factor


class PositionLoss(Protocol):
    """One number for each molecule; a frozen dataclass whose fields are its options."""

    def __call__(self, batch: LossBatch) -> Tensor:
        """`(molecules,)` losses, differentiable in `batch.residual`."""


def clamped(batch: LossBatch, loss: Tensor, maximal_weight: float | None) -> Tensor:
    """The loss as if its time weight 1 / r**2 never exceeded `maximal_weight`."""
    if maximal_weight is None:
        return loss
    signal, noise = batch.ratio()
    return loss * clamp_factor(signal, noise, maximal_weight=maximal_weight)
