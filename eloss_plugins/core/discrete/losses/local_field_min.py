"""Local-field loss up to the global sign."""

from dataclasses import dataclass

import torch
from torch import Tensor

from eloss_plugins.core.checks import check_not_negative
from eloss_plugins.core.discrete.losses.local_field import site_field
from eloss_plugins.core.discrete.losses.loss import mean_entropy
from eloss_plugins.core.discrete.spin_batch import SpinBatch
from eloss_plugins.core.numerics import full_precision


@dataclass(frozen=True)
class LocalFieldMin:
    """-|sum over i of (h_i + h0 y_i) m_i| / N - T S/N: the lesser of the local-field losses of the
    target and of its global flip.

    Where both are equal, as at logits 0, the gradient is that of the target as given.

    Attributes:
        h0: weight of the data beside the couplings' field.
        temperature: T, in units of the couplings.
    """

    h0: float = 0.5
    temperature: float = 0.1

    def __post_init__(self) -> None:
        check_not_negative(h0=self.h0, temperature=self.temperature)

    def __call__(self, batch: SpinBatch) -> Tensor:
        """`(systems,)` energy per site, in units of the couplings."""
        with full_precision(batch.logits):
            energy = -(site_field(batch, self.h0) * batch.means).mean(-1)
            lesser = torch.where(energy > 0, -energy, energy)
            return lesser - self.temperature * mean_entropy(batch)
