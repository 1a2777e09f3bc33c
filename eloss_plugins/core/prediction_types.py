"""From a network's output to a loss batch's residual, signal and noise; exact time weights.

With prediction - target = r * residual and r = noise / signal, the position loss in the place of
the trainer's squared error is E / r**2 (arXiv 2511.02087, A.7). Each constructor returns
`(residual, signal, noise)`, with `residual` like the network's output in float32 or better and
the other two `(molecules,)`; neither 1 / r nor the predicted positions are ever formed, so
every end of every schedule is finite. No gradient flows through the regression target.

| prediction | predicted positions | r | weight 1 / r**2 |
| --- | --- | --- | --- |
| epsilon, x_t = alpha x + sigma eps | (x_t - sigma F) / alpha | sigma / alpha | SNR |
| data | F | 1 | 1 |
| v = alpha eps - sigma x, alpha**2 + sigma**2 = 1 | alpha x_t - sigma F | sigma | SNR + 1 |
| velocity eps - x, x_t = (1 - t) x + t eps | x_t - t F | t | 1 / t**2 |
| velocity x - eps, x_t = t x + (1 - t) eps | x_t + (1 - t) F | 1 - t | 1 / (1 - t)**2 |
"""

import torch
from torch import Tensor

from eloss_plugins.core.checks import check_same_shape
from eloss_plugins.core.numerics import safe_ratio, working_dtype

Scaled = tuple[Tensor, Tensor, Tensor]
"""`(residual, signal, noise)`."""


def epsilon(prediction: Tensor, noise: Tensor, *, alpha: Tensor, sigma: Tensor) -> Scaled:
    """A network that predicts the noise: r = sigma / alpha.

    Args:
        prediction: `(..., D)` predicted noise.
        noise: `(..., D)` the noise that was added.
        alpha: `(molecules,)` coefficient of the data in x_t.
        sigma: `(molecules,)` coefficient of the noise in x_t.
    """
    return _error(prediction, noise, -1), *_pair(alpha, sigma)


def data(prediction: Tensor, target: Tensor, *, like: Tensor) -> Scaled:
    """A network that predicts the clean positions: r = 1 at every time.

    Args:
        prediction: `(..., D)` predicted positions.
        target: `(..., D)` clean positions.
        like: `(molecules,)` any tensor of that shape, for example the times.
    """
    one = torch.ones_like(like, dtype=working_dtype(like))
    return _error(prediction, target), one, one


def v(prediction: Tensor, velocity: Tensor, *, sigma: Tensor) -> Scaled:
    """A network that predicts v = alpha eps - sigma x, variance preserving: r = sigma.

    Args:
        prediction: `(..., D)` predicted v.
        velocity: `(..., D)` the true v.
        sigma: `(molecules,)` coefficient of the noise in x_t, with alpha**2 + sigma**2 = 1.
    """
    return _error(prediction, velocity, -1), *_pair(torch.ones_like(sigma), sigma)


def velocity_data_at_zero(prediction: Tensor, velocity: Tensor, *, time: Tensor) -> Scaled:
    """Flow matching with data at t = 0, x_t = (1 - t) x + t eps, u = eps - x: r = t.

    Args:
        prediction: `(..., D)` predicted velocity.
        velocity: `(..., D)` the true velocity.
        time: `(molecules,)` t; what lies outside [0, 1] by rounding is clamped.
    """
    remaining = time.clamp(0, 1)
    return _error(prediction, velocity, -1), *_pair(torch.ones_like(time), remaining)


def velocity_data_at_one(prediction: Tensor, velocity: Tensor, *, time: Tensor) -> Scaled:
    """Flow matching with data at t = 1, x_t = t x + (1 - t) eps, u = x - eps: r = 1 - t.

    Args:
        prediction: `(..., D)` predicted velocity.
        velocity: `(..., D)` the true velocity.
        time: `(molecules,)` t; what lies outside [0, 1] by rounding is clamped.
    """
    remaining = 1 - time.clamp(0, 1)
    return _error(prediction, velocity), *_pair(torch.ones_like(time), remaining)


def linear(
    prediction: Tensor,
    regression_target: Tensor,
    *,
    mixture: tuple[Tensor, Tensor],
    alpha: Tensor,
    sigma: Tensor,
    batch: Tensor | None = None,
) -> Scaled:
    """A network that predicts any F = a x + b eps: r = sigma / |alpha b - sigma a|.

    Args:
        prediction: `(..., D)` predicted F.
        regression_target: `(..., D)` the true F.
        mixture: a and b, `(molecules,)` each. For b = 0 at sigma = 0 the ratio is 0 / 0; a
            network that predicts the data has its own constructor, `data`.
        alpha: `(molecules,)` coefficient of the data in x_t.
        sigma: `(molecules,)` coefficient of the noise in x_t.
        batch: `(atoms,)` molecule of each atom when the positions are flat.
    """
    of_data, of_noise = mixture
    determinant = sigma * of_data - alpha * of_noise
    error = _error(prediction, regression_target)
    sign = determinant.detach().sign().to(error.dtype)
    per_atom = sign[:, None, None] if batch is None else sign[batch, None]
    return per_atom * error, *_pair(determinant.abs(), sigma)


def time_weight(signal: Tensor, noise: Tensor) -> Tensor:
    """The exact weight 1 / r**2 = (signal / noise)**2; infinite where the noise is 0.

    Losses never call this: they evaluate weight and error together. It is for reports and for
    trainers that weigh their other terms alike.
    """
    return (signal / noise).square()


def clamp_factor(signal: Tensor, noise: Tensor, *, maximal_weight: float) -> Tensor:
    """`min(1, maximal_weight / time_weight)`: multiplies a loss so that its weight is capped.

    A least time t_min of a flow is the cap 1 / t_min**2; a cap on the SNR is min-SNR weighting
    (Hang et al. 2023). Finite everywhere, 0 where the uncapped weight is infinite.
    """
    ratio = safe_ratio(noise, signal).square()
    capped = (maximal_weight * ratio).clamp_max(1)
    return torch.where(signal == 0, 1, capped)


def variance_preserving(log_snr: Tensor) -> tuple[Tensor, Tensor]:
    """Signal and noise coefficients with alpha**2 + sigma**2 = 1 from log(alpha**2 / sigma**2).

    Both keep their relative accuracy at both ends, where 1 - alpha**2 would have lost it.
    """
    return log_snr.sigmoid() ** 0.5, (-log_snr).sigmoid() ** 0.5


def _error(prediction: Tensor, regression_target: Tensor, sign: int = 1) -> Tensor:
    check_same_shape("prediction", prediction, "regression target", regression_target)
    dtype = working_dtype(prediction, regression_target)
    return sign * (prediction.to(dtype) - regression_target.detach().to(dtype))


def _pair(signal: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
    return signal.detach(), noise.detach()
