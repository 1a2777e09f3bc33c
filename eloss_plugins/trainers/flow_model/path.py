"""The straight path between a molecule and noise, and what a network is to say on it.

Everything here counts by the noise level r, 0 at the data and 1 at the noise, whichever way the
time runs: x_t = (1 - r) x + r eps.
"""

from typing import Literal

import torch
from torch import Tensor

from eloss_plugins.core.flow_matching import LEAST_TIME

Prediction = Literal["velocity", "endpoint"]
TimeWeight = Literal["own", "paper"]


def at_level(clean: Tensor, noise: Tensor, level: Tensor) -> Tensor:
    """x_t, `(molecules, atoms, columns)`.

    Args:
        clean: `(molecules, atoms, columns)` x.
        noise: the same shape, eps.
        level: `(molecules,)` r.

    Reference: arXiv 2511.02087, A.7.
    """
    spread = level.view(-1, 1, 1)
    return (1 - spread) * clean + spread * noise


def regression_target(
    clean: Tensor, noise: Tensor, *, prediction: Prediction, data_at: int
) -> Tensor:
    """What the network is regressed against: x, or d x_t / d t, `(molecules, atoms, columns)`.

    Args:
        clean: `(molecules, atoms, columns)` x.
        noise: the same shape, eps.
        prediction: `endpoint` for x, `velocity` for the derivative.
        data_at: the time of the data, which fixes the velocity's sign.
    """
    if prediction == "endpoint":
        return clean
    return noise - clean if data_at == 0 else clean - noise


def toward_data(
    predicted: Tensor, noisy: Tensor, level: float, *, prediction: Prediction, data_at: int
) -> Tensor:
    """-d x_t / d r, the direction in which sampling goes.

    Args:
        predicted: `(molecules, atoms, columns)` velocity or endpoint.
        noisy: the same shape, x_t.
        level: r > 0; an endpoint gives (x_hat - x_t) / r, which a step of length r turns to x_hat.
        prediction: which of both it is.
        data_at: the time of the data.
    """
    if prediction == "endpoint":
        return (predicted - noisy) / level
    return -predicted if data_at == 0 else predicted


def squared_error_weight(level: Tensor, *, prediction: Prediction, weight: TimeWeight) -> Tensor:
    """Factor on the squared error of what is predicted, `(molecules,)`.

    1, but for endpoints under the time weight `paper`: 1 / max(r, least)**2 there, which makes
    their error that of the velocity they stand for.

    Args:
        level: `(molecules,)` r.
        prediction: what is predicted.
        weight: `own` or `paper`.
    """
    if prediction == "velocity" or weight == "own":
        return torch.ones_like(level)
    return level.clamp_min(LEAST_TIME) ** -2
