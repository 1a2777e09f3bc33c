"""Squared error of the network's own output."""

from dataclasses import dataclass

from torch import Tensor

from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.core.losses.over_atoms import OverAtoms
from eloss_plugins.core.numerics import full_precision
from eloss_plugins.core.reductions import atom_sums


@dataclass(frozen=True)
class Mse(OverAtoms):
    """|residual|**2: the loss that trainers have, exact under padding.

    The options are those of `OverAtoms`.
    """

    def __call__(self, batch: LossBatch) -> Tensor:
        """`(molecules,)` squared errors; 0 for an empty molecule."""
        with full_precision(batch.residual):
            total = atom_sums(batch, batch.clean_residual().square().sum(-1))
            return self._of(batch, total)
