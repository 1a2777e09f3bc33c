import math

import numpy as np
import pytest
import torch

from eloss_plugins.errors import UsageError
from eloss_plugins.trainers.diffusion.noise_schedule import NoiseSchedule, alphas2


@pytest.mark.parametrize("power", [1.0, 2.0, 3.5])
def test_polynomial_schedule_is_its_closed_form_before_the_last_step(power):
    time = np.arange(100) / 100
    expected = (1 - 2e-4) * (1 - time**power) ** 2 + 1e-4
    np.testing.assert_allclose(alphas2(f"polynomial_{power}", 100, 1e-4)[:-1], expected, rtol=1e-12)


def test_last_step_of_the_polynomial_schedule_keeps_a_thousandth_of_the_one_before():
    found = alphas2("polynomial_2", 100, 0.0)
    assert found[-1] / found[-2] == pytest.approx(1e-3)


def test_cosine_schedule_is_its_closed_form_before_the_last_steps():
    time = np.arange(1, 901) / 1001
    curve = np.cos((time + 0.008) / 1.008 * math.pi / 2) ** 2
    start = np.cos(0.008 / 1.008 * math.pi / 2) ** 2
    np.testing.assert_allclose(alphas2("cosine", 1000, 1e-5)[:900], curve / start, rtol=1e-10)


@pytest.mark.parametrize("name", ["polynomial_1", "polynomial_2", "polynomial_7.5", "cosine"])
@pytest.mark.parametrize("timesteps", [1, 2, 50, 1000])
def test_gamma_never_falls_and_is_finite(name, timesteps):
    gamma = NoiseSchedule(name, timesteps).gamma
    assert gamma.shape == (timesteps + 1,)
    assert gamma.dtype == torch.float32
    assert torch.isfinite(gamma).all()
    assert (gamma.diff() >= 0).all()


def test_ends_of_the_default_schedule_are_the_precision():
    gamma = NoiseSchedule("polynomial_2", 1000, 1e-5).gamma
    assert gamma[0].item() == pytest.approx(math.log(1e-5 / (1 - 1e-5)), rel=1e-6)
    assert gamma[-1].item() == pytest.approx(-math.log(1e-5), rel=1e-3)


@pytest.mark.parametrize(
    "name", ["", "linear", "learned", "polynomial", "polynomial_x", "polynomial_-1", "cosine_2"]
)
def test_unknown_schedules_are_named_and_refused(name):
    with pytest.raises(UsageError, match="polynomial"):
        alphas2(name, 100, 1e-5)


def test_a_schedule_without_steps_is_refused():
    with pytest.raises(UsageError, match="at least 1"):
        alphas2("cosine", 0, 1e-5)


def test_lookup_keeps_the_shape_of_the_steps():
    schedule = NoiseSchedule("polynomial_2", 10)
    step = torch.tensor([[0, 10], [3, 4]])
    assert torch.equal(schedule(step), schedule.gamma[step])


def test_gamma_is_no_trained_parameter():
    schedule = NoiseSchedule()
    assert list(schedule.parameters()) == []
    assert list(schedule.state_dict()) == ["gamma"]
