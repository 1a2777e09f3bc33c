"""Signal and noise at a level gamma = log(sigma^2 / alpha^2) of a variance-preserving process.

Everything is evaluated in log space: at gamma = -11.5 (EDM's first step) sigma^2 is 1e-5, and
1 - alpha^2 in float32 would carry an error of one per cent.

Reference: Kingma et al., Variational Diffusion Models, arXiv 2107.00630, appendix; EDM,
arXiv 2203.17003, equations 2 to 5.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid, softplus


def alpha(gamma: Tensor) -> Tensor:
    """Signal scale sqrt(sigmoid(-gamma))."""
    return torch.sqrt(torch.sigmoid(-gamma))


def sigma(gamma: Tensor) -> Tensor:
    """Noise scale sqrt(sigmoid(gamma))."""
    return torch.sqrt(torch.sigmoid(gamma))


@dataclass(frozen=True)
class Transition:
    """q(z_t | z_s) for s < t: mean `signal` z_s, variance `variance`."""

    signal: Tensor
    variance: Tensor


def transition(gamma_s: Tensor, gamma_t: Tensor) -> Transition:
    """The step from s to t: alpha_t / alpha_s and sigma_t^2 - (alpha_t / alpha_s)^2 sigma_s^2."""
    log_signal2 = logsigmoid(-gamma_t) - logsigmoid(-gamma_s)
    variance = -torch.expm1(softplus(gamma_s) - softplus(gamma_t))
    return Transition(torch.exp(0.5 * log_signal2), variance)
