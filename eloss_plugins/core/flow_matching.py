"""Flow matching: both directions of time, both predictions, both time weights.

Every straight path x_t = (1 - r) x + r eps goes from noise to data as r falls to 0. Where data
stand at t = 0, r = t (arXiv 2511.02087, A.7); where they stand at t = 1, as in most molecular
codes, r = 1 - t. A velocity's error is that of the predicted positions over r, so a trainer that
regresses velocities weights E by 1 / r**2 already. One that regresses the clean positions, its
endpoint, weights them by 1 or by a factor of its own.

| prediction | time weight `own` | time weight `paper` |
| --- | --- | --- |
| velocity | 1 / r**2, exact at r = 0 | the same |
| endpoint | 1 | 1 / max(r, least)**2 |

Noise that a path has beyond eps cancels: a velocity's regression target contains it, and what
enters is the error of the prediction.
"""

from types import MappingProxyType

import torch
from torch import Tensor

from eloss_plugins.core.prediction_types import (
    Scaled,
    data,
    velocity_data_at_one,
    velocity_data_at_zero,
)

LEAST_TIME = 1e-3
"""Least r of the weight 1 / r**2 on endpoints, whose error at r = 0 is not that of a velocity."""

DATA_AT = (0, 1)
"""The times at which data may stand."""

TIME_WEIGHTS = ("own", "paper")

_VELOCITIES = MappingProxyType({0: velocity_data_at_zero, 1: velocity_data_at_one})


def noise_level(time: Tensor, data_at: int) -> Tensor:
    """r, the coefficient of noise in x_t: t where data stand at 0, 1 - t where at 1."""
    return (time.clamp(0, 1) - data_at).abs()


def velocity(prediction: Tensor, true: Tensor, *, time: Tensor, data_at: int) -> Scaled:
    """A network that predicts d x_t / d t.

    Args:
        prediction: `(..., D)` predicted velocity.
        true: `(..., D)` the velocity that it is regressed against.
        time: `(molecules,)` t.
        data_at: the time of the data, 0 or 1.
    """
    return _VELOCITIES[data_at](prediction, true, time=time)


def endpoint(prediction: Tensor, target: Tensor, *, time: Tensor) -> Scaled:
    """A network that predicts the clean positions, weighted as the trainer weights them.

    Args:
        prediction: `(..., D)` predicted positions.
        target: `(..., D)` clean positions.
        time: `(molecules,)` any numbers.
    """
    return data(prediction, target, like=time)


def endpoint_as_velocity(
    prediction: Tensor,
    target: Tensor,
    *,
    noise: Tensor,
    least: float = LEAST_TIME,
    batch: Tensor | None = None,
) -> Scaled:
    """A network that predicts the clean positions, weighted by 1 / r**2 as a velocity is.

    Args:
        prediction: `(..., D)` predicted positions.
        target: `(..., D)` clean positions.
        noise: `(molecules,)` r.
        least: below it, r counts as this; the weight is at most 1 / least**2.
        batch: `(atoms,)` molecule of each atom when the positions are flat.

    Reference:
        arXiv 2511.02087, A.7.
    """
    error, signal, _ = data(prediction, target, like=noise)
    level = noise.detach().clamp_min(least).to(signal.dtype)
    per_atom = level[:, None, None] if batch is None else level[batch, None]
    return error / per_atom.to(error.dtype), signal, level


def score(noisy: Tensor, velocity: Tensor, *, time: Tensor, data_at: int) -> Tensor:
    """The gradient of log p(x_t) by x_t, from the velocity: -(expected noise) / r.

    The mean velocity at x_t is that of the expected noise and data, so x_t plus or minus 1 - r of
    it is the expected noise: x_t + (1 - t) u where data stand at 0, x_t - t u where at 1. It holds
    for the velocity that minimises a squared error; infinite at r = 0, where p may have no density.

    Args:
        noisy: `(molecules, ..., D)` x_t.
        velocity: the same shape, the expected d x_t / d t.
        time: `(molecules,)` t.
        data_at: the time of the data, 0 or 1.

    Returns:
        like `noisy`. Where positions are centred, it is the gradient within the centred ones.

    Reference:
        arXiv 2511.02087, A.7.
    """
    level = noise_level(time, data_at).to(noisy.dtype).view(-1, *[1] * (noisy.dim() - 1))
    sign = 1 if data_at == 0 else -1
    return -(noisy + sign * (1 - level) * velocity) / level


def bounded_inverse_square(
    noise: Tensor, *, smallest: float, largest: float, softening: float = 0.0
) -> Tensor:
    """1 / (r + softening)**2 within `smallest` and `largest`: a weight that some trainers have.

    Args:
        noise: `(molecules,)` r.
        smallest: least weight.
        largest: greatest weight.
        softening: added to r.
    """
    return torch.clamp(1 / (noise + softening).square(), smallest, largest)
