"""The reverse process, by what its numbers must add up to."""

import itertools

import pytest
import torch
from torch.testing import assert_close

from eloss_plugins.trainers.jodo_model.ancestral import LAST, levels_at, reverse, sample_ancestral
from eloss_plugins.trainers.jodo_model.schedule import SCHEDULES
from eloss_plugins.trainers.jodo_model.state import JointState

MASK = torch.ones(1, 2, dtype=torch.bool)
PAIRS = list(itertools.combinations((0.99, 0.7, 0.2, 0.01, 2e-5), 2))
EACH = pytest.mark.parametrize("name", SCHEDULES)


def start() -> JointState:
    return JointState(torch.zeros(1, 2, 5), torch.zeros(1, 2, 2, 2))


@EACH
@pytest.mark.parametrize(("t", "s"), PAIRS)
def test_a_step_back_gives_the_distribution_of_the_earlier_time(name, t, s):
    """Of z_t = alpha_t x + sigma_t e it must make mean alpha_s x and variance sigma_s^2."""
    before, after = levels_at(SCHEDULES[name], [t, s])
    step = reverse(before, after)
    assert step.kept * before.alpha + step.drawn == pytest.approx(float(after.alpha), rel=1e-10)
    variance = float((step.kept * before.sigma) ** 2) + step.deviation**2
    assert variance == pytest.approx(float(after.sigma**2), rel=1e-8)


def test_from_any_time_to_zero_the_prediction_is_all():
    step = reverse(*levels_at(SCHEDULES["cosine"], [0.6, 0.0]))
    assert (step.kept, step.deviation) == (0, 0)
    assert step.drawn == pytest.approx(1)


@EACH
@pytest.mark.parametrize("steps", [1, 2, 7])
def test_times_go_evenly_from_the_end_to_the_last(name, steps):
    seen = []

    def predict(state, level):
        seen.append(level.log_snr)
        return state

    done = []
    sample_ancestral(
        predict, SCHEDULES[name], start(), MASK, steps=steps, on_step=lambda *it: done.append(it)
    )
    times = torch.linspace(SCHEDULES[name].end, LAST, steps, dtype=torch.float64)
    assert_close(torch.stack(seen), SCHEDULES[name](times).log_snr)
    assert done == [(number, steps) for number in range(1, steps + 1)]


@EACH
def test_the_last_step_adds_no_noise(name):
    made = [
        sample_ancestral(lambda s, _: start(), SCHEDULES[name], start(), MASK, steps=1)
        for _ in range(2)
    ]
    assert torch.equal(made[0].atoms, made[1].atoms)
