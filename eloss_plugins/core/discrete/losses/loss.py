"""What a loss over spins is, and the terms that several share."""

from typing import Protocol

from torch import Tensor

from eloss_plugins.core.discrete.entropy import spin_entropy
from eloss_plugins.core.discrete.spin_batch import SpinBatch


class DiscreteLoss(Protocol):
    """One number for each system; a frozen dataclass whose fields are its options."""

    def __call__(self, batch: SpinBatch) -> Tensor:
        """`(systems,)` losses, differentiable in `batch.logits`."""


def mean_entropy(batch: SpinBatch) -> Tensor:
    """`(systems,)` entropy S of the prediction per site, in nats."""
    return spin_entropy(batch.clean_logits).mean(-1)
