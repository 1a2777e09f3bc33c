"""Prediction types: one prediction seen five ways has one energy, and exact time weights."""

import pytest
import torch

from core.batches import gradient
from eloss_plugins.core import Energy, LossBatch, energy_loss
from eloss_plugins.core import prediction_types as types

ALPHA = torch.tensor([0.999, 0.8, 0.3, 0.05], dtype=torch.float64)
SIGMA = (1 - ALPHA**2) ** 0.5
TIME = torch.tensor([0.01, 0.3, 0.7, 0.99], dtype=torch.float64)


def column(values):
    return values[:, None, None]


def clouds():
    generator = torch.Generator().manual_seed(0)
    return torch.randn(3, 4, 6, 3, generator=generator, dtype=torch.float64)


def energy(target, scaled):
    return Energy()(LossBatch(target, *scaled))


def epsilon(x, predicted, noise):
    z = column(ALPHA) * x + column(SIGMA) * noise
    output = (z - column(ALPHA) * predicted) / column(SIGMA)
    return types.epsilon(output, noise, alpha=ALPHA, sigma=SIGMA), ALPHA**2 / SIGMA**2


def data(x, predicted, noise):
    return types.data(predicted, x, like=ALPHA), torch.ones_like(ALPHA)


def v(x, predicted, noise):
    z = column(ALPHA) * x + column(SIGMA) * noise
    output = (column(ALPHA) * z - predicted) / column(SIGMA)
    truth = column(ALPHA) * noise - column(SIGMA) * x
    return types.v(output, truth, sigma=SIGMA), ALPHA**2 / SIGMA**2 + 1


def data_at_zero(x, predicted, noise):
    z = (1 - column(TIME)) * x + column(TIME) * noise
    output = (z - predicted) / column(TIME)
    return types.velocity_data_at_zero(output, noise - x, time=TIME), 1 / TIME**2


def data_at_one(x, predicted, noise):
    z = column(TIME) * x + (1 - column(TIME)) * noise
    output = (predicted - z) / (1 - column(TIME))
    return types.velocity_data_at_one(output, x - noise, time=TIME), 1 / (1 - TIME) ** 2


ALL = [epsilon, data, v, data_at_zero, data_at_one]


@pytest.mark.parametrize("kind", ALL)
def test_the_loss_is_the_exact_weight_times_the_energy(kind):
    x, predicted, noise = clouds()
    scaled, weight = kind(x, predicted, noise)
    expected = weight * energy_loss(predicted, x)
    torch.testing.assert_close(energy(x, scaled), expected, rtol=1e-10, atol=0)
    torch.testing.assert_close(types.time_weight(*scaled[1:]), weight, rtol=1e-12, atol=0)


def general(kind):
    """a and b of F = a x + b eps, alpha and sigma, for each kind, and the kind's own answer."""
    one, zero = torch.ones_like(ALPHA), torch.zeros_like(ALPHA)
    return {
        epsilon: (zero, one, ALPHA, SIGMA),
        data: (one, zero, ALPHA, SIGMA),
        v: (-SIGMA, ALPHA, ALPHA, SIGMA),
        data_at_zero: (-one, one, 1 - TIME, TIME),
        data_at_one: (one, -one, TIME, 1 - TIME),
    }[kind]


@pytest.mark.parametrize("kind", ALL)
def test_the_general_formula_gives_each_kind(kind):
    x, predicted, noise = clouds()
    a, b, alpha, sigma = general(kind)
    z = column(alpha) * x + column(sigma) * noise
    implied_noise = (z - column(alpha) * predicted) / column(sigma)
    output = column(a) * predicted + column(b) * implied_noise
    truth = column(a) * x + column(b) * noise
    scaled = types.linear(output, truth, mixture=(a, b), alpha=alpha, sigma=sigma)
    expected = energy(x, kind(x, predicted, noise)[0])
    torch.testing.assert_close(energy(x, scaled), expected, rtol=1e-9, atol=0)


def test_the_general_formula_works_on_flat_batches():
    x, predicted, noise = clouds()
    a, b, alpha, sigma = general(v)
    owner = torch.arange(4).repeat_interleave(6)
    ratio = {"mixture": (a, b), "alpha": alpha, "sigma": sigma}
    flat, *_ = types.linear(predicted.flatten(0, 1), noise.flatten(0, 1), batch=owner, **ratio)
    padded, *_ = types.linear(predicted, noise, **ratio)
    assert torch.equal(flat, padded.flatten(0, 1))


ENDS = {
    "epsilon at sigma = 0": (types.epsilon, {"alpha": 1.0, "sigma": 0.0}),
    "epsilon at alpha = 0": (types.epsilon, {"alpha": 0.0, "sigma": 1.0}),
    "v at sigma = 0": (types.v, {"sigma": 0.0}),
    "v at sigma = 1": (types.v, {"sigma": 1.0}),
    "t = 0, data at zero": (types.velocity_data_at_zero, {"time": 0.0}),
    "t = 1, data at zero": (types.velocity_data_at_zero, {"time": 1.0}),
    "t below 0, data at zero": (types.velocity_data_at_zero, {"time": -1e-8}),
    "t = 0, data at one": (types.velocity_data_at_one, {"time": 0.0}),
    "t = 1, data at one": (types.velocity_data_at_one, {"time": 1.0}),
    "t above 1, data at one": (types.velocity_data_at_one, {"time": 1 + 1e-7}),
}


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("end", ENDS)
def test_every_end_of_every_schedule_is_finite(end, dtype):
    kind, levels = ENDS[end]
    target, truth, output = (cloud.float() for cloud in clouds())
    levels = {name: torch.full((4,), value) for name, value in levels.items()}
    batch = LossBatch(target, *kind(output.to(dtype), truth, **levels))
    assert Energy()(batch).isfinite().all()
    assert Energy()(batch).gt(0).all()
    assert gradient(Energy(), batch).isfinite().all()


def test_the_data_end_is_the_limit_of_small_times():
    target, truth, output = clouds()
    times = [torch.full((4,), t, dtype=torch.float64) for t in (0.0, 1e-9)]
    end, near = (
        energy(target, types.velocity_data_at_zero(output, truth, time=time)) for time in times
    )
    torch.testing.assert_close(end, near, rtol=1e-7, atol=0)


def test_the_regression_target_and_the_schedule_get_no_gradient():
    leaves = [torch.rand(1, 5, 3), torch.full((1,), 0.8), torch.full((1,), 0.6)]
    noise, alpha, sigma = (leaf.requires_grad_() for leaf in leaves)
    prediction = torch.rand(1, 5, 3, requires_grad=True)
    scaled = types.epsilon(prediction, noise, alpha=alpha, sigma=sigma)
    energy(torch.rand(1, 5, 3), scaled).sum().backward()
    assert prediction.grad is not None
    assert noise.grad is alpha.grad is sigma.grad is None


def test_low_precision_outputs_are_compared_in_float32():
    truth = torch.full((1, 2, 3), 1.0 + 2**-12)
    residual, *_ = types.data(torch.ones(1, 2, 3, dtype=torch.bfloat16), truth, like=torch.ones(1))
    assert residual.dtype == torch.float32
    assert residual.eq(-(2**-12)).all()


def test_shapes_that_differ_are_refused_with_both_shapes():
    with pytest.raises(ValueError, match=r"\(4, 5, 3\) and \(4, 1, 3\)"):
        types.v(torch.ones(4, 5, 3), torch.ones(4, 1, 3), sigma=torch.ones(4))


@pytest.mark.parametrize("snr", [1e-12, 1e-3, 1.0, 1e3, 1e12])
def test_variance_preserving_levels_keep_their_digits_at_both_ends(snr):
    alpha, sigma = types.variance_preserving(torch.tensor(snr).log())
    assert (alpha**2 / sigma**2).item() == pytest.approx(snr, rel=1e-5)
    assert (alpha**2 + sigma**2).item() == pytest.approx(1, rel=1e-6)


def test_the_clamp_caps_the_weight_and_is_finite_at_the_ends():
    signal = torch.tensor([1.0, 1.0, 1.0, 0.0])
    noise = torch.tensor([0.0, 0.01, 1.0, 1.0])
    factor = types.clamp_factor(signal, noise, maximal_weight=100.0)
    torch.testing.assert_close(factor, torch.tensor([0.0, 0.01, 1.0, 1.0]))
