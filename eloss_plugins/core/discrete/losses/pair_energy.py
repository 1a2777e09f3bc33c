"""Pair energy: the spins' version of the energy over pair distances."""

from dataclasses import dataclass

import torch
from torch import Tensor

from eloss_plugins.core.checks import check_not_negative
from eloss_plugins.core.discrete.couplings import bonds
from eloss_plugins.core.discrete.losses.loss import mean_entropy
from eloss_plugins.core.discrete.spin_batch import SpinBatch
from eloss_plugins.core.numerics import full_precision


@dataclass(frozen=True)
class PairEnergy:
    """(sum over bonds of kappa_ij (1 - y_i y_j m_i m_j) - T S) / N, kappa_ij = |J_ij| + h0.

    As the energy over distances does not see where a molecule lies, this does not see the global
    sign of target or prediction. Without entropy it is 0 for y and -y, and on a connected graph
    for nothing else. It is linear in each spin, not convex in all; at logits 0 it has a saddle,
    with gradient 0: a network must not start there.

    Attributes:
        h0: added to the strength of every bond; a pair whose coupling is 0 is none.
        temperature: T, in units of the couplings.
    """

    h0: float = 0.5
    temperature: float = 0.1

    def __post_init__(self) -> None:
        check_not_negative(h0=self.h0, temperature=self.temperature)

    def __call__(self, batch: SpinBatch) -> Tensor:
        """`(systems,)` energy per site, in units of the couplings."""
        index, values = batch.couplings.index, batch.coupling_values
        with full_precision(batch.logits):
            strength = torch.where(values != 0, values.abs() + self.h0, 0)
            agreement = bonds(index, batch.clean_target) * bonds(index, batch.means)
            broken = (strength * (1 - agreement)).sum(-1) / batch.num_sites
            return broken - self.temperature * mean_entropy(batch)
