"""The energy of the prediction itself, which needs no data."""

from dataclasses import dataclass

from torch import Tensor

from eloss_plugins.core.checks import check_not_negative
from eloss_plugins.core.discrete.couplings import bonds
from eloss_plugins.core.discrete.losses.loss import mean_entropy
from eloss_plugins.core.discrete.spin_batch import SpinBatch
from eloss_plugins.core.numerics import full_precision


@dataclass(frozen=True)
class TrueEnergy:
    """(H(m) - T S) / N, H(m) = -sum over pairs of J_ij m_i m_j: the variational free energy.

    H is linear in each spin, so H(m) is its mean under the prediction. The target is not used.
    At logits 0 it has a saddle, with gradient 0: a network must not start there.

    Attributes:
        temperature: T, in units of the couplings.
    """

    temperature: float = 0.1

    def __post_init__(self) -> None:
        check_not_negative(temperature=self.temperature)

    def __call__(self, batch: SpinBatch) -> Tensor:
        """`(systems,)` energy per site, in units of the couplings."""
        with full_precision(batch.logits):
            aligned = batch.coupling_values * bonds(batch.couplings.index, batch.means)
            return -aligned.sum(-1) / batch.num_sites - self.temperature * mean_entropy(batch)
