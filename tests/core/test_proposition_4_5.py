"""Proposition 4.5 of arXiv 2511.02087: distances leave the rotation's share of the variance out."""

import numpy as np
import pytest
import torch

from core.noisy_shapes import centred, noisy, planar_shape, turned_onto
from eloss_plugins.core import energy_loss, proper_rotation

LEVELS = [(0.02, 0.05), (0.03, 0.05), (0.05, 0.05), (0.05, 0.02)]


def posterior(noised, shape, levels, samples, seed):
    """Exact draws of x given z for x = R (y + tau xi), z = alpha x + sigma eps, in the plane."""
    alpha, sigma, tau = levels
    generator = np.random.default_rng(seed)
    aligned = turned_onto(noised[None], shape)[0]
    kappa = alpha * (noised * aligned).sum().item() / (alpha**2 * tau**2 + sigma**2)
    angles = torch.tensor(generator.vonmises(0, kappa, samples))
    cosine, sine = angles.cos(), angles.sin()
    rotation = torch.stack([cosine, -sine, sine, cosine], -1).view(-1, 2, 2)
    spread = 1 / (1 / tau**2 + alpha**2 / sigma**2)
    mean = spread * (aligned @ rotation.mT / tau**2 + alpha / sigma**2 * noised)
    internal = centred(torch.tensor(generator.standard_normal((samples, *shape.shape))))
    return mean + spread**0.5 * internal


def total_variance(samples):
    return samples.var(0).sum().item()


def variances(sigma, tau, samples=20_000):
    """Trace of the variance of the noise target: of positions, and of distances (aligned)."""
    shape, alpha = planar_shape(), (1 - sigma**2) ** 0.5
    noised = noisy(shape, alpha, sigma, 1)[0]
    drawn = posterior(noised, shape, (alpha, sigma, tau), samples, seed=0)
    onto = proper_rotation(noised.mT @ drawn)
    aligned = drawn @ onto.mT
    assert energy_loss(aligned[:100], drawn[:100]).max() < 1e-20
    scale = (alpha / sigma) ** 2
    return scale * total_variance(drawn), scale * total_variance(aligned)


@pytest.mark.parametrize(("sigma", "tau"), LEVELS)
def test_positions_vary_more_by_one_half_d_times_d_minus_1(sigma, tau):
    of_positions, of_distances = variances(sigma, tau)
    assert of_positions - of_distances == pytest.approx(2 * (2 - 1) / 2, abs=0.05)


@pytest.mark.parametrize(("sigma", "tau"), LEVELS)
def test_distances_vary_by_the_internal_degrees_of_freedom(sigma, tau):
    alpha = (1 - sigma**2) ** 0.5
    internal = 2 * 4 - 3
    spread = 1 / (1 / tau**2 + alpha**2 / sigma**2)
    expected = internal * spread * alpha**2 / sigma**2
    assert variances(sigma, tau)[1] == pytest.approx(expected, abs=0.05)


def test_without_rotations_there_is_nothing_to_gain():
    sigma, tau = 0.05, 0.02
    shape, alpha = planar_shape(), (1 - sigma**2) ** 0.5
    spread = 1 / (1 / tau**2 + alpha**2 / sigma**2)
    internal = centred(torch.tensor(np.random.default_rng(0).standard_normal((20_000, 4, 2))))
    drawn = shape + spread**0.5 * internal
    aligned = drawn @ proper_rotation(shape.mT @ drawn).mT
    gain = (alpha / sigma) ** 2 * (total_variance(drawn) - total_variance(aligned))
    # Alignment takes the one degree of freedom that looks like a rotation, and no more than that.
    assert gain < 1.1 * spread * (alpha / sigma) ** 2
