"""Terms of the bound against torch.distributions and loops with scipy's normal distribution."""

import math

import pytest
import torch
from scipy.stats import norm
from torch.distributions import Normal, kl_divergence
from torch.testing import assert_close
from toy_batches import toy_batch, with_garbage

from eloss_plugins.trainers.diffusion.likelihood import (
    feature_log_likelihood,
    freedom,
    position_constant,
    prior_divergence,
)
from eloss_plugins.trainers.diffusion.noise_levels import alpha, sigma
from eloss_plugins.trainers.diffusion.scaling import Scaling

SCALING = Scaling()
GAMMA = torch.tensor(-4.0, dtype=torch.float64)  # sigma = 0.134: intervals neither sure nor empty


def slow_feature_log_likelihood(clean, noisy, noise: float) -> float:
    """One molecule, one atom and one class at a time."""
    total = 0.0
    for true, seen in zip(clean.tolist(), noisy.tolist(), strict=True):
        scores = [_interval(4 * value - 1, 4 * noise) for value in seen[3:8]]
        chosen = max(range(5), key=lambda k: true[3 + k])
        total += math.log(scores[chosen] / sum(scores))
        total += math.log(_interval(round(10 * true[8]) - 10 * seen[8], 10 * noise))
    return total


def _interval(center: float, noise: float) -> float:
    return norm.cdf((center + 0.5) / noise) - norm.cdf((center - 0.5) / noise) + 1e-10


def test_features_follow_a_slow_loop():
    batch = toy_batch((4, 2), padding=2)
    clean = SCALING.encode(batch).double()
    torch.manual_seed(0)
    noisy = clean + sigma(GAMMA) * torch.randn_like(clean)
    gamma = GAMMA.expand(2, 1, 1)
    found = feature_log_likelihood(clean, noisy, batch.mask, gamma, SCALING)
    noise = float(sigma(GAMMA))
    expected = [
        slow_feature_log_likelihood(clean[i, :n], noisy[i, :n], noise) for i, n in enumerate((4, 2))
    ]
    assert_close(found, torch.tensor(expected, dtype=torch.float64), rtol=1e-9, atol=0)


def test_without_charges_only_types_count():
    batch = toy_batch((3,), padding=0)
    scaling = Scaling(include_charges=False)
    clean = scaling.encode(batch)
    found = feature_log_likelihood(clean, clean, batch.mask, torch.full((1, 1, 1), -11.5), scaling)
    assert_close(found, torch.zeros(1), atol=1e-5, rtol=0)


def test_prior_divergence_of_features_is_that_of_normal_distributions():
    batch = toy_batch((5,), padding=0)
    clean = SCALING.encode(batch).double()
    clean[..., :3] = 0
    gamma = torch.tensor(1.5, dtype=torch.float64)
    latent = Normal(alpha(gamma) * clean[..., 3:], sigma(gamma))
    features = kl_divergence(latent, Normal(0.0, 1.0)).sum()
    positions = 12 * kl_divergence(Normal(0.0, sigma(gamma)), Normal(0.0, 1.0))
    found = prior_divergence(clean, batch.mask, gamma)
    assert_close(found, (features + positions).view(1))


def test_position_constant_is_minus_the_log_of_the_gaussians_height():
    mask = torch.tensor([[True] * 4, [True, False, False, False]])
    gamma = torch.tensor(-11.5)
    height = Normal(0.0, math.exp(-11.5 / 2)).log_prob(torch.tensor(0.0))
    assert_close(position_constant(mask, gamma), torch.stack([-9 * height, 0 * height]))


def test_freedom_leaves_out_the_centre_of_mass():
    assert freedom(toy_batch((4, 1)).mask).tolist() == [9.0, 0.0]


def test_garbage_in_padding_does_not_reach_the_scaled_molecule():
    batch = toy_batch()
    assert torch.equal(SCALING.encode(with_garbage(batch)), SCALING.encode(batch))


@pytest.mark.parametrize("include_charges", [True, False])
def test_types_and_charges_come_back_from_their_scaled_values(include_charges):
    scaling = Scaling(1.0, 3.0, 7.0, 0.5, -1.0, include_charges)
    batch = toy_batch()
    scaled = scaling.encode(batch)
    real = batch.mask.unsqueeze(-1)
    assert torch.equal(scaling.decode_types(scaled) * real, batch.one_hot.long())
    charges = scaling.charges_of(scaled) * real
    expected = batch.charges if include_charges else batch.charges[..., :0]
    assert_close(charges, expected)
