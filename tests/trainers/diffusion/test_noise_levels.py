import pytest
import torch
from torch.testing import assert_close

from eloss_plugins.trainers.diffusion.noise_levels import alpha, sigma, transition
from eloss_plugins.trainers.diffusion.noise_schedule import NoiseSchedule


@pytest.fixture(params=["polynomial_2", "cosine"])
def gamma(request: pytest.FixtureRequest) -> torch.Tensor:
    return NoiseSchedule(request.param, 1000).gamma


def test_signal_and_noise_are_of_unit_power_at_every_step(gamma):
    power = alpha(gamma).square() + sigma(gamma).square()
    assert_close(power, torch.ones_like(power), rtol=0, atol=3e-7)


def test_float32_levels_equal_float64_ones_at_every_step(gamma):
    wide = gamma.double()
    for level in (alpha, sigma):
        assert_close(level(gamma).double(), level(wide), rtol=2e-6, atol=0)


def test_ratio_in_log_space_is_that_of_the_levels(gamma):
    wide = gamma.double()
    ratio = alpha(wide).square() / sigma(wide).square()
    assert_close(ratio, torch.exp(-wide), rtol=1e-12, atol=0)


def test_transition_leads_from_one_level_to_the_next(gamma):
    s, t = gamma.double()[:-1], gamma.double()[1:]
    move = transition(s, t)
    assert_close(move.signal * alpha(s), alpha(t), rtol=1e-12, atol=0)
    expected = sigma(t).square() - move.signal.square() * sigma(s).square()
    assert_close(move.variance, expected, rtol=1e-7, atol=1e-13)


def test_float32_transition_variance_is_positive_at_every_step(gamma):
    assert (transition(gamma[:-1], gamma[1:]).variance > 0).all()
