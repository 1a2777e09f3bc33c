"""The noise levels against the formulas in 40 digits."""

import math

import mpmath
import pytest
import torch
from torch.testing import assert_close

from eloss_plugins.trainers.jodo_model.schedule import FIRST, KNOTS, SCHEDULES, Level

mpmath.mp.dps = 40
SHIFT = mpmath.mpf("0.008")


def cosine(t):
    quarter = mpmath.pi / 2 / (1 + SHIFT)
    return mpmath.cos((t + SHIFT) * quarter) / mpmath.cos(SHIFT * quarter)


def linear(t):
    return mpmath.exp(-t * t * mpmath.mpf("19.9") / 4 - t * mpmath.mpf("0.1") / 2)


def polynomial(t):
    """Knot by knot, straight between two of them in the logarithm."""
    last = mpmath.mpf("0.001") * (1 - mpmath.mpf("0.999") ** 2) ** 2

    def knot(i):
        signal = last if i == KNOTS else (1 - (mpmath.mpf(i) / KNOTS) ** 2) ** 2
        return mpmath.log(signal * (1 - mpmath.mpf("2e-4")) + mpmath.mpf("1e-4")) / 2

    place = min(max(int(t * KNOTS), 1), KNOTS - 1)
    return mpmath.exp(knot(place) + (t * KNOTS - place) * (knot(place + 1) - knot(place)))


ORACLES = {"cosine": cosine, "linear": linear, "polynomial": polynomial}
CLOSE = {"cosine": 1e-6, "linear": 1e-6, "polynomial": 5e-6}  # relative, float32
EACH = pytest.mark.parametrize("name", ORACLES)


def times(name: str) -> torch.Tensor:
    early = torch.logspace(math.log10(FIRST), math.log10(0.5), 80)
    late = torch.linspace(0.5, SCHEDULES[name].end, 80)
    return torch.cat([early, late.clamp(max=SCHEDULES[name].end)])


def expected(name: str, time: torch.Tensor) -> tuple[list, list]:
    alphas = [ORACLES[name](mpmath.mpf(t)) for t in time.double().tolist()]
    return alphas, [mpmath.sqrt(1 - alpha**2) for alpha in alphas]


def off(found: torch.Tensor, wanted: list) -> float:
    """The largest relative error."""
    pairs = zip(found.double().tolist(), wanted, strict=True)
    return max(float(abs(mpmath.mpf(a) / b - 1)) for a, b in pairs)


@EACH
def test_alpha_and_sigma_keep_their_digits_in_float32(name):
    time = times(name)
    level = SCHEDULES[name](time)
    alphas, sigmas = expected(name, time)
    assert off(level.alpha, alphas) < CLOSE[name]
    assert off(level.sigma, sigmas) < CLOSE[name]
    assert off(level.log_alpha, [mpmath.log(alpha) for alpha in alphas]) < CLOSE[name]


@EACH
def test_levels_are_exact_in_float64(name):
    time = times(name).double()
    level = SCHEDULES[name](time)
    alphas, sigmas = expected(name, time)
    assert off(level.alpha, alphas) < 1e-12
    assert off(level.sigma, sigmas) < 1e-12


@EACH
def test_log_snr_is_what_it_says(name):
    time = times(name)
    alphas, sigmas = expected(name, time)
    wanted = [2 * float(mpmath.log(a / s)) for a, s in zip(alphas, sigmas, strict=True)]
    assert_close(SCHEDULES[name](time).log_snr, torch.tensor(wanted), rtol=1e-6, atol=1e-5)


@EACH
def test_noise_grows_with_time(name):
    time = torch.linspace(FIRST, SCHEDULES[name].end, 5000, dtype=torch.float64)
    assert (SCHEDULES[name](time).half_log_snr.diff() < 0).all()


@pytest.mark.parametrize("name", ["cosine", "linear"])
def test_there_is_no_noise_at_time_zero(name):
    level = SCHEDULES[name](torch.zeros(1))
    assert (level.alpha.item(), level.sigma.item(), level.log_alpha.item()) == (1, 0, 0)


def test_the_logarithm_meets_itself_where_its_form_changes():
    sigma = torch.tensor([0.5]).sqrt() + torch.linspace(-1e-3, 1e-3, 9)
    level = Level(torch.sqrt(1 - sigma.square()), sigma)
    assert_close(level.log_alpha, 0.5 * torch.log1p(-sigma.square()))
