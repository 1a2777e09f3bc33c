"""The terms of the variational bound, one number a molecule, in nats.

-log p(x, h) <= KL(q(z_T|x,h) || p(z_T)) + sum_t L_t - log p(h|z_0) - log p(x|z_0)

Reference: EDM, arXiv 2203.17003, equations 14 to 21, and its released code for the integrals over
the rounding intervals of types and charges.
"""

import math

import torch
from torch import Tensor

from eloss_plugins.trainers.diffusion.noise_levels import alpha, sigma
from eloss_plugins.trainers.diffusion.scaling import Scaling
from eloss_plugins.trainers.molecule_noise import SPACE

PROBABILITY_FLOOR = 1e-10  # added to each interval's probability before the logarithm (EDM)


def per_molecule(values: Tensor) -> Tensor:
    """Sum over all but the first axis."""
    return values.flatten(1).sum(-1)


def freedom(mask: Tensor) -> Tensor:
    """Dimensions of centred positions, 3 (atoms - 1), `(molecules,)` float."""
    return (mask.sum(1) - 1).float() * SPACE


def prior_divergence(clean: Tensor, mask: Tensor, gamma_end: Tensor) -> Tensor:
    """KL(q(z_T | x, h) || N(0, 1)), `(molecules,)`; the positions' part on the centred subspace.

    Args:
        clean: `(molecules, atoms, 3 + features)` scaled molecules, padding zero.
        mask: `(molecules, atoms)` bool.
        gamma_end: scalar, the last entry of the schedule.
    """
    mean = alpha(gamma_end) * clean
    noise = sigma(gamma_end)
    width = -torch.log(noise) + 0.5 * noise.square() - 0.5
    real = mask.unsqueeze(-1)
    positions = freedom(mask) * width + 0.5 * per_molecule(mean[..., :SPACE].square())
    features = per_molecule((width + 0.5 * mean[..., SPACE:].square()) * real)
    return positions + features


def position_constant(mask: Tensor, gamma_start: Tensor) -> Tensor:
    """Minus log of the normalisation of p(x | z_0), `(molecules,)`.

    A Gaussian of standard deviation sigma_0 / alpha_0 = exp(gamma_0 / 2) on the centred subspace.
    """
    return freedom(mask) * (0.5 * gamma_start + 0.5 * math.log(2 * math.pi))


def feature_log_likelihood(
    clean: Tensor, noisy: Tensor, mask: Tensor, gamma: Tensor, scaling: Scaling
) -> Tensor:
    """The log of p(h | z_0), `(molecules,)`: types and charges read from z_0 without the network.

    Args:
        clean: `(molecules, atoms, 3 + features)` scaled molecules.
        noisy: `(molecules, atoms, 3 + features)`, z_0.
        mask: `(molecules, atoms)` bool.
        gamma: `(molecules, 1, 1)`.
        scaling: what the features were divided by.
    """
    real = mask.unsqueeze(-1)
    noise = sigma(gamma)
    offset = scaling.types_of(noisy) - 1.0
    scores = _log_interval(offset, noise * scaling.types)
    chosen = torch.log_softmax(scores, dim=-1) * scaling.types_of(clean)
    distance = torch.round(scaling.charges_of(clean)) - scaling.charges_of(noisy)
    charges = _log_interval(distance, noise * scaling.charges)
    return per_molecule(chosen * real) + per_molecule(charges * real)


def _log_interval(center: Tensor, noise: Tensor) -> Tensor:
    """Log of the normal probability between center - 1/2 and center + 1/2."""
    upper, lower = _cumulative((center + 0.5) / noise), _cumulative((center - 0.5) / noise)
    return torch.log(upper - lower + PROBABILITY_FLOOR)


def _cumulative(value: Tensor) -> Tensor:
    return 0.5 * (1.0 + torch.erf(value / math.sqrt(2.0)))
