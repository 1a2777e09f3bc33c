"""Ancestral sampling: from noise to molecules, one step of the reverse process at a time."""

import torch
from torch import Tensor

from eloss_plugins.trainers.diffusion.noise_levels import alpha, sigma, transition
from eloss_plugins.trainers.molecule_noise import SPACE, centred


def reverse_step(
    noisy: Tensor, prediction: Tensor, noise: Tensor, gamma_s: Tensor, gamma_t: Tensor
) -> Tensor:
    """A draw from p(z_s | z_t), `(molecules, atoms, 3 + features)`.

    Mean z_t / alpha_{t|s} - sigma_{t|s}^2 / (alpha_{t|s} sigma_t) eps_hat, standard deviation
    sigma_{t|s} sigma_s / sigma_t.

    Args:
        noisy: z_t.
        prediction: the network's noise for z_t.
        noise: standard normal draw, positions centred.
        gamma_s: scalar or broadcastable, the earlier (less noisy) level.
        gamma_t: the level of z_t.

    Reference: EDM, arXiv 2203.17003, equation 6 and the algorithm for sampling.
    """
    move = transition(gamma_s, gamma_t)
    noise_t = sigma(gamma_t)
    mean = noisy / move.signal - move.variance / (move.signal * noise_t) * prediction
    return mean + torch.sqrt(move.variance) * sigma(gamma_s) / noise_t * noise


def last_positions(noisy: Tensor, prediction: Tensor, noise: Tensor, gamma_0: Tensor) -> Tensor:
    """A draw of scaled positions from p(x | z_0), `(molecules, atoms, 3)`.

    Arguments as in `reverse_step`.
    """
    signal, scale = alpha(gamma_0), sigma(gamma_0)
    mean = (noisy - scale * prediction)[..., :SPACE] / signal
    return mean + scale / signal * noise[..., :SPACE]


def recentred(noisy: Tensor, mask: Tensor) -> Tensor:
    """`noisy` with its positions centred again: rounding errors would add up over the steps."""
    return torch.cat([centred(noisy[..., :SPACE], mask), noisy[..., SPACE:]], dim=-1)


def walk(timesteps: int, steps: int | None) -> list[tuple[int, int]]:
    """Pairs (s, t) from the noise to the data, `steps` of them (all when None)."""
    count = timesteps if steps is None else max(1, min(steps, timesteps))
    grid = [round(number * timesteps / count) for number in range(count + 1)]
    return [(grid[number - 1], grid[number]) for number in range(count, 0, -1)]
