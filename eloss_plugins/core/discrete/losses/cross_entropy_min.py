"""Cross-entropy up to the global sign."""

from dataclasses import dataclass

import torch
from torch import Tensor

from eloss_plugins.core.discrete.losses.cross_entropy import cross_entropy
from eloss_plugins.core.discrete.spin_batch import SpinBatch
from eloss_plugins.core.numerics import full_precision


@dataclass(frozen=True)
class CrossEntropyMin:
    """The lesser of the cross-entropies with the target and with its global flip.

    H(y) = H(-y), so the sign of a ground state is nobody's to guess. Where both are equal, as at
    logits 0, the gradient is that of the target as given.
    """

    def __call__(self, batch: SpinBatch) -> Tensor:
        """`(systems,)` nats per site."""
        with full_precision(batch.logits):
            agreement = batch.clean_target * batch.clean_logits
            given, flipped = cross_entropy(agreement), cross_entropy(-agreement)
            return torch.where(flipped < given, flipped, given)
