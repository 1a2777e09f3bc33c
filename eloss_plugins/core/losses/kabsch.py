"""Squared error after the target is laid onto the prediction."""

from dataclasses import dataclass

from torch import Tensor

from eloss_plugins.core.alignment import aligned_residual
from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.core.losses.over_atoms import OverAtoms
from eloss_plugins.core.numerics import full_precision
from eloss_plugins.core.reductions import atom_sums


@dataclass(frozen=True)
class Kabsch(OverAtoms):
    """min over rotations R and shifts t of |prediction - (R target + t)|**2 / r**2.

    R is proper, so a molecule and its mirror image differ. No gradient flows through R and t,
    which loses nothing: they are at their optimum.

    The options are those of `OverAtoms`.
    """

    def __call__(self, batch: LossBatch) -> Tensor:
        """`(molecules,)` squared errors after alignment; 0 for fewer than two atoms."""
        with full_precision(batch.residual):
            total = atom_sums(batch, aligned_residual(batch).square().sum(-1))
            return self._of(batch, total)
