"""The best proper rotation of one molecule onto another, and the error that remains."""

import torch
from torch import Tensor

from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.core.numerics import full_precision, working_dtype
from eloss_plugins.core.reductions import atom_counts, atom_sums

SMALLEST_RATIO = 2.0**-24
"""Least noise / signal at which the rotation is resolved: float64 leaves 1e-9 of the residual
there, and the first-order limit of the residual is off by 6e-8 of its own size."""


def proper_rotation(covariance: Tensor) -> Tensor:
    """The proper rotation R that maximises trace(R^T covariance).

    Args:
        covariance: `(..., D, D)` sum over atoms of moving (outer) fixed: prediction (x) target
            gives the rotation of the target onto the prediction. No gradient flows through it.

    Returns:
        `(..., D, D)` rotations with determinant 1, in float32 for lower types, whose decomposition
        torch does not have, and under autocast as without it. Where several are equally good
        (collinear atoms, mirror images) one of them; where the covariance is not finite, the
        identity.

    Reference:
        Kabsch 1976, with the sign of the last singular direction as in Umeyama 1991.
    """
    fixed = covariance.detach().to(working_dtype(covariance))
    with full_precision(fixed):
        return _proper_rotation(fixed)


def _proper_rotation(fixed: Tensor) -> Tensor:
    identity = torch.eye(fixed.shape[-1], dtype=fixed.dtype, device=fixed.device)
    # LAPACK raises on NaN; one bad molecule must not stop the batch, its own loss is NaN anyway.
    finite = fixed.isfinite().flatten(-2).all(-1)[..., None, None]
    left, _, right = torch.linalg.svd(torch.where(finite, fixed, identity))
    sign = torch.linalg.det(left @ right).sign()
    flip = torch.cat([torch.ones_like(left[..., 0, :-1]), sign[..., None]], -1)
    rotation: Tensor = (left * flip[..., None, :]) @ right
    return rotation


def aligned_residual(batch: LossBatch) -> Tensor:
    """(prediction - best-fit target) / r, finite at every end of every schedule.

    With a = signal, b = noise, centred target x and residual delta, the best-fit target is R x
    about the prediction's centroid, so the error over r is delta + (a / b) (1 - R) x. As b -> 0
    the rotation goes to the identity at the rate b / a; the product is evaluated in float64, and
    below `SMALLEST_RATIO` it stands for its limit.

    Args:
        batch: padded or flat.

    Returns:
        residuals like `batch.residual` in the wide type, zero in padding.
    """
    target = centred(batch, batch.clean_target())
    residual = centred(batch, batch.clean_residual())
    signal, noise = batch.ratio()
    noise = torch.maximum(noise, SMALLEST_RATIO * signal)
    predicted = _spread(batch, signal) * target + _spread(batch, noise) * residual.detach()
    rotation = proper_rotation(moment(batch, predicted, target))
    turned = target - _rotate(batch, rotation, target)
    ratio = signal / torch.where(noise == 0, 1, noise)
    return residual + _spread(batch, ratio) * turned


def centred(batch: LossBatch, positions: Tensor) -> Tensor:
    """Positions with each molecule's centroid at the origin; padding stays zero."""
    centroid = atom_sums(batch, positions) / atom_counts(batch).clamp_min(1)[:, None]
    return batch.fill_padding(positions - _per_atom(batch, centroid))


def moment(batch: LossBatch, left: Tensor, right: Tensor) -> Tensor:
    """`(molecules, D, D)` sums over atoms of left (outer) right, both zero in padding."""
    return atom_sums(batch, left[..., :, None] * right[..., None, :])


def _per_atom(batch: LossBatch, per_molecule: Tensor) -> Tensor:
    return per_molecule[:, None] if batch.batch is None else per_molecule[batch.batch]


def _spread(batch: LossBatch, per_molecule: Tensor) -> Tensor:
    return _per_atom(batch, per_molecule[:, None])


def _rotate(batch: LossBatch, rotation: Tensor, positions: Tensor) -> Tensor:
    return (_per_atom(batch, rotation) * positions[..., None, :]).sum(-1)
