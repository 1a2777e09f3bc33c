"""The weighted distance error of a pair, free of cancellation."""

import torch
from torch import Tensor

from eloss_plugins.core.numerics import lengths, safe_ratio


def weighted_distance_error(
    difference: Tensor, residual: Tensor, signal: Tensor, noise: Tensor
) -> Tensor:
    """Error of each predicted distance over r = noise / signal, for any r from 0 to infinity.

    With a = signal, b = noise, e = x_i - x_j and D = delta_i - delta_j, the predicted difference
    is e + (b / a) D and

        (predicted distance - distance) / r = D . (2 a e + b D) / (a |e| + |a e + b D|),

    which follows from the difference of two squares. No term is divided by a or by b, so the
    limits are reached, not approached: D . e / |e| at b = 0 (no noise) and |D| at a = 0 (no
    signal). Its gradient by D is the unit vector of the predicted difference.

    Chosen values. Atoms that coincide in the prediction give the error's own value, -(a / b) |e|,
    and gradient zero: every direction is as good. Where that value is undefined as well (b = 0
    and e = 0) it is 0.

    Args:
        difference: `(..., D)` e, differences of clean positions; carries no gradient.
        residual: `(..., D)` D, differences of the residual.
        signal: `(...)` a, >= 0.
        noise: `(...)` b, >= 0.

    Returns:
        `(...)` weighted errors, positive where the prediction is too long.

    Reference:
        arXiv 2511.02087, Eq. 7 and A.7: the square of this is one term of E / r**2.
    """
    clean = signal[..., None] * difference
    predicted = clean + noise[..., None] * residual
    distance, apart_in_data = lengths(clean)
    distance = torch.where(apart_in_data, distance, 0)
    predicted_distance, apart = lengths(predicted)
    error = (residual * (clean + predicted)).sum(-1) / (distance + predicted_distance)
    # Every factor of `error` is finite, so the constant branch sends back exact zeros.
    return torch.where(apart, error, -safe_ratio(distance, noise))
