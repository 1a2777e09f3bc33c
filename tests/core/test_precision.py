"""Float32 and half precision against float64, at every step of every schedule."""

import math
from dataclasses import replace

import pytest
import torch

from core.batches import gradient
from core.schedules import SCHEDULES, alpha_sigma, edm_cosine, edm_polynomial
from eloss_plugins.core import Energy, Inverse, InverseSquare, Kabsch, LossBatch, Mae, Mse
from eloss_plugins.core import prediction_types as types

FLOAT32 = 1e-6
BFLOAT16 = 5e-3
LOSSES = {
    "exponential": Energy(),
    "inverse": Energy(Inverse()),
    "inverse-square": Energy(InverseSquare()),
    "kabsch": Kabsch(),
    "mse": Mse(),
    "mae": Mae(),
}


def clouds(count, error=0.3, num_atoms=9):
    generator = torch.Generator().manual_seed(0)
    shape = (count, num_atoms, 3)
    target = 1.5 * torch.randn(shape, generator=generator)
    noise = torch.randn(shape, generator=generator)
    prediction = noise + error * torch.randn(shape, generator=generator)
    return target, noise, prediction


def in_float64(batch):
    names = ("target", "residual", "signal", "noise")
    return replace(batch, **{name: getattr(batch, name).double() for name in names})


def assert_agrees_with_float64(loss, batch):
    exact = loss(in_float64(batch))
    assert ((loss(batch) - exact).abs() <= FLOAT32 * exact).all()
    slope, exact_slope = gradient(loss, batch), gradient(loss, in_float64(batch))
    error = (slope - exact_slope).flatten(1).norm(dim=1)
    assert (error <= FLOAT32 * exact_slope.flatten(1).norm(dim=1)).all()


def test_the_schedules_end_where_they_are_known_to_end():
    assert edm_polynomial()[-1] ** -0.5 == pytest.approx(316, abs=1)
    assert edm_cosine()[-1] ** -0.5 == pytest.approx(20311, abs=1)
    assert 1 / (1 - edm_polynomial()[0]) == pytest.approx(1e5, rel=1e-3)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("name", LOSSES)
def test_float32_equals_float64_at_every_step_of_epsilon_prediction(name, schedule):
    alpha, sigma = alpha_sigma(schedule)
    target, noise, prediction = clouds(len(alpha))
    ratio = types.epsilon(prediction, noise, alpha=alpha, sigma=sigma)
    assert_agrees_with_float64(LOSSES[name], LossBatch(target, *ratio))


@pytest.mark.parametrize("convention", [types.velocity_data_at_zero, types.velocity_data_at_one])
@pytest.mark.parametrize("name", LOSSES)
def test_float32_equals_float64_at_every_time_of_a_flow(name, convention):
    time = torch.cat([torch.logspace(-5, 0, 200), 1 - torch.logspace(-5, -1, 50), torch.zeros(1)])
    target, velocity, prediction = clouds(len(time))
    ratio = convention(prediction, velocity, time=time)
    assert_agrees_with_float64(LOSSES[name], LossBatch(target, *ratio))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("name", LOSSES)
def test_half_precision_outputs_change_the_loss_of_a_batch_by_half_a_percent(name, schedule, dtype):
    alpha, sigma = alpha_sigma(schedule)
    count = 64
    target, noise, prediction = clouds(count, error=1.0)
    for level in torch.linspace(0, len(alpha) - 1, 25).long():
        levels = {"alpha": alpha[level].expand(count), "sigma": sigma[level].expand(count)}
        exact = LOSSES[name](LossBatch(target, *types.epsilon(prediction, noise, **levels)))
        rounded = types.epsilon(prediction.to(dtype), noise, **levels)
        change = LOSSES[name](LossBatch(target, *rounded)).mean() / exact.mean() - 1
        assert change.abs() < BFLOAT16


def test_bfloat16_outputs_resolve_an_error_of_3_thousandths_of_an_angstrom():
    target = torch.tensor([[[0.0, 0.0, 0.0], [1.09, 0.0, 0.0]]])
    error = torch.tensor([[[0.0, 0.0, 0.0], [0.003, 0.0, 0.0]]], dtype=torch.bfloat16)
    one = torch.ones(1)
    loss = Energy()(LossBatch(target, error, one, one))
    assert loss.item() == pytest.approx(error[0, 1, 0].item() ** 2 * math.exp(-1.09), rel=1e-6)


@pytest.mark.parametrize("name", LOSSES)
def test_predictions_20000_times_too_large_are_finite(name):
    target, noise, prediction = clouds(3)
    for stretch in (316.0, 20_311.0, 5e6, 1e10):
        level = torch.full((3,), 1 / stretch)
        ratio = types.epsilon(stretch * prediction, noise, alpha=level, sigma=torch.ones(3))
        batch = LossBatch(target, *ratio)
        assert LOSSES[name](batch).isfinite().all()
        assert gradient(LOSSES[name], batch).isfinite().all()
