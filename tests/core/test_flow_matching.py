"""Time weights of flow matching, worked by hand."""

import pytest
import torch

from eloss_plugins.core.flow_matching import (
    LEAST_TIME,
    bounded_inverse_square,
    endpoint_as_velocity,
    noise_level,
    score,
)

TIMES = torch.tensor([0.0, 0.25, 1.0])


@pytest.mark.parametrize(("data_at", "expected"), [(0, [0.0, 0.25, 1.0]), (1, [1.0, 0.75, 0.0])])
def test_noise_vanishes_at_the_data(data_at, expected):
    assert noise_level(TIMES, data_at).tolist() == expected


@pytest.mark.parametrize("data_at", [0, 1])
def test_times_outside_by_rounding_are_clamped(data_at):
    level = noise_level(torch.tensor([-1e-6, 1 + 1e-6]), data_at)
    assert sorted(level.tolist()) == [0.0, 1.0]


def test_residual_and_level_give_the_predicted_positions():
    target, prediction = torch.zeros(3, 2, 3), torch.ones(3, 2, 3)
    residual, signal, noise = endpoint_as_velocity(prediction, target, noise=TIMES)
    assert signal.tolist() == [1.0, 1.0, 1.0]
    assert noise.tolist() == [pytest.approx(LEAST_TIME), 0.25, 1.0]
    assert torch.allclose(residual * (noise / signal).view(-1, 1, 1), prediction)


def test_flat_atoms_take_the_level_of_their_molecule():
    residual, _, _ = endpoint_as_velocity(
        torch.ones(3, 3), torch.zeros(3, 3), noise=TIMES[1:], batch=torch.tensor([1, 0, 1])
    )
    assert residual[:, 0].tolist() == [1.0, 4.0, 1.0]


def test_the_least_level_is_an_argument():
    residual, _, _ = endpoint_as_velocity(
        torch.ones(3, 1, 3), torch.zeros(3, 1, 3), noise=TIMES, least=0.5
    )
    assert residual[:, 0, 0].tolist() == [2.0, 2.0, 1.0]


def test_a_bounded_weight_stays_within_its_bounds():
    found = bounded_inverse_square(torch.tensor([0.0, 0.5, 10.0]), smallest=0.05, largest=100.0)
    assert found.tolist() == pytest.approx([100.0, 4.0, 0.05])


def exact_velocity(places, noisy, level):
    """Expected noise minus expected data at x_t, for data at one of `places` with even odds."""
    apart = (noisy.unsqueeze(1) - (1 - level) * places).square().sum(-1)
    weight = torch.softmax(-apart / (2 * level**2), -1)
    clean = weight @ places
    return (noisy - (1 - level) * clean) / level - clean


@pytest.mark.parametrize("data_at", [0, 1])
@pytest.mark.parametrize("level", [0.05, 0.5, 0.99])
def test_the_score_is_the_gradient_of_the_log_density(data_at, level):
    """Points in space under noise: a mixture of Gaussians, its density by autograd."""
    torch.manual_seed(0)
    places = torch.randn(5, 3, dtype=torch.float64)
    noisy = (1 - level) * places[torch.arange(40) % 5] + level * torch.randn(40, 3).double()
    noisy.requires_grad_()
    parts = [-((noisy - (1 - level) * y) ** 2).sum(-1) / (2 * level**2) for y in places]
    (expected,) = torch.autograd.grad(torch.logsumexp(torch.stack(parts), 0).sum(), noisy)
    velocity = exact_velocity(places, noisy.detach(), level) * (1 if data_at == 0 else -1)
    time = torch.full((40,), abs(level - data_at), dtype=torch.float64)
    found = score(noisy.detach(), velocity, time=time, data_at=data_at)
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-9)


def test_the_score_of_padded_molecules_takes_each_molecules_time():
    noisy, velocity = torch.ones(3, 2, 3), torch.zeros(3, 2, 3)
    found = score(noisy, velocity, time=torch.tensor([0.25, 0.5, 1.0]), data_at=0)
    assert found[:, 0, 0].tolist() == [-4.0, -2.0, -1.0]
