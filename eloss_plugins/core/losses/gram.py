"""The squared error of the Gram matrix: what the complete graph knows, at linear cost."""

from dataclasses import dataclass

import torch
from torch import Tensor

from eloss_plugins.core.alignment import centred, moment
from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.core.losses.over_atoms import OverAtoms
from eloss_plugins.core.numerics import full_precision, safe_ratio


@dataclass(frozen=True)
class Gram(OverAtoms):
    """|X X^T - Xh Xh^T|_F**2 over r**2, X and Xh the centred data and prediction.

    The Gram matrix says as much as all pair distances: the loss is 0 for the data moved, turned
    or mirrored and for nothing else. It is made of D x D moments, so it takes as long as reading
    the atoms does. All atoms count alike, near or far, which makes it a companion for a sparse
    edge set that holds what is near (`gram` of `energy`).

    Where r > 1 the time weight is 1 / r**4: the error is of fourth order there, and with 1 / r**2
    it would have no bound.

    Attributes:
        reduction: as of `OverAtoms`, whose other options it has too.
    """

    reduction: str = "per_atom"

    def __call__(self, batch: LossBatch) -> Tensor:
        """`(molecules,)` in units of the coordinates squared times square angstrom."""
        with full_precision(batch.residual):
            return self._of(batch, gram_error(batch))


def gram_error(batch: LossBatch) -> Tensor:
    """Weighted squared error of each molecule's Gram matrix, free of a division by r.

    With a = signal, b = noise, r = b / a, and U the centred residual, Xh = X + r U and

        (Xh Xh^T - X X^T) / r = X U^T + U X^T + r U U^T.

    Its squared norm is 2 tr(AC) + 2 tr(BB) + 4 r tr(BC) + r**2 tr(CC) with the D x D moments
    A = X^T X, B = X^T U, C = U^T U; no n x n matrix is formed. It is multiplied by
    1 / max(1, r**2), and so has a limit at either end of a schedule: its first order at b = 0,
    tr(CC) at a = 0.

    Returns:
        `(molecules,)`, >= 0; 0 for molecules of fewer than two atoms. One of the two lengths in
        each entry is in angstrom, so that the ratio to an energy does not depend on the units.
    """
    target = centred(batch, batch.clean_target()) * batch.length_scale
    residual = centred(batch, batch.clean_residual())
    signal, noise = batch.ratio()
    largest = torch.maximum(signal, noise)
    a = safe_ratio(signal, largest)
    b = safe_ratio(noise, largest) * batch.length_scale
    straight, mixed, error = (
        moment(batch, target, target),
        moment(batch, target, residual),
        moment(batch, residual, residual),
    )
    first = trace_of(straight, error) + trace_of(mixed, mixed.mT)
    second = trace_of(mixed, error)
    # Below zero by rounding alone: where a turned prediction fits exactly.
    return (2 * a * a * first + 4 * a * b * second + b * b * trace_of(error, error)).clamp_min(0)


def trace_of(left: Tensor, right: Tensor) -> Tensor:
    """tr(left^T right) of `(..., D, D)` matrices."""
    return (left * right).sum((-2, -1))
