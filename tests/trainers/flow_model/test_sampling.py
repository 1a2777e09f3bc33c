"""Sampling, against fields whose flow is known in closed form."""

import math

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close
from toy_batches import toy_batch

from eloss_plugins.errors import Refused
from eloss_plugins.trainers.flow_model import path, solvers
from eloss_plugins.trainers.molecule_noise import molecule_noise

from .flows_by_hand import Says, flow_around, knowing, toy_flow

SOLVERS = pytest.mark.parametrize(
    "solver", ["euler", "midpoint", "rk4", "bosh3", "dopri5", "dopri8"]
)
PREDICTIONS = pytest.mark.parametrize("prediction", ["velocity", "endpoint"])
CONVENTIONS = pytest.mark.parametrize("data_at", [0, 1])
WIDTH = 0.3
SIZES = torch.tensor([4, 7, 2])


def gaussian(prediction: str, data_at: int) -> Says:
    """What a perfect network says when all data are normal numbers of deviation `WIDTH`."""
    sign = 1 if data_at == 0 else -1

    def answer(noisy: Tensor, level: Tensor, _mask: Tensor) -> Tensor:
        variance = ((1 - level) * WIDTH) ** 2 + level**2
        if prediction == "velocity":
            return sign * noisy * (level - (1 - level) * WIDTH**2) / variance
        clean = noisy * (1 - level) * WIDTH**2 / variance
        return torch.cat([(clean - noisy)[..., :3], clean[..., 3:]], dim=-1)

    return Says(answer)


@SOLVERS
@PREDICTIONS
@CONVENTIONS
def test_the_flow_of_gaussian_data_scales_the_noise(solver, prediction, data_at):
    """x_t over its deviation stays what it was: the sample is WIDTH times the noise."""
    model = flow_around(
        gaussian(prediction, data_at), prediction=prediction, data_at=data_at, solver=solver,
        relative_tolerance=1e-6, absolute_tolerance=1e-6,
    ).double()  # fmt: skip
    torch.manual_seed(3)
    made = model.sample(SIZES, steps=400 if solver == "euler" else 100)
    torch.manual_seed(3)
    expected = WIDTH * molecule_noise(made.mask, 0, torch.float64)
    torch.manual_seed(3)
    expected = WIDTH * molecule_noise(made.mask, 5, torch.float64)[..., :3]
    close = 5e-3 if solver == "euler" else 2e-4
    assert_close(made.positions, expected, rtol=0, atol=close)


@PREDICTIONS
@CONVENTIONS
@pytest.mark.parametrize("solver", ["euler", "rk4", "dopri5"])
def test_a_network_that_knows_a_molecule_makes_it(solver, prediction, data_at):
    batch = toy_batch((5, 3))
    choices = {"prediction": prediction, "data_at": data_at}
    scaled = toy_flow().scaling.encode(batch)[:, :5]
    model = flow_around(knowing(scaled, **choices), solver=solver, **choices)
    torch.manual_seed(0)
    made = model.sample(batch.mask.sum(1), steps=7)
    assert_close(made.positions, batch.positions[:, :5], rtol=0, atol=1e-4)
    assert torch.equal(made.elements, batch.one_hot.argmax(-1)[:, :5])
    assert torch.equal(made.mask, batch.mask[:, :5])
    assert made.numbers is None


def test_atomic_numbers_are_made_where_asked_for():
    batch = toy_batch((5, 3), padding=0)
    scaled = toy_flow(include_charges=True).scaling.encode(batch)
    model = flow_around(knowing(scaled), include_charges=True)
    made = model.sample(batch.mask.sum(1), steps=4)
    assert torch.equal(made.numbers, batch.charges.squeeze(-1).long())


def mixture(values: Tensor, level: float) -> Tensor:
    """-d x / d r of 0.3 N(-1, 0.2^2) + 0.7 N(1, 0.4^2) under noise, from its posterior."""
    logs, means = [], []
    for weight, place, width in ((0.3, -1.0, 0.2), (0.7, 1.0, 0.4)):
        variance = ((1 - level) * width) ** 2 + level**2
        off = values - (1 - level) * place
        logs.append(math.log(weight) - 0.5 * math.log(variance) - off**2 / (2 * variance))
        means.append(place + (1 - level) * width**2 / variance * off)
    clean = (torch.softmax(torch.stack(logs), 0) * torch.stack(means)).sum(0)
    return (clean - values) / level


def course(solver: str, steps: int, tolerance: float = 1e-6) -> solvers.Course:
    return solvers.Course(solver, steps, 1e-3, tolerance, tolerance)


@SOLVERS
def test_in_one_dimension_the_flow_maps_quantiles_to_quantiles(solver):
    """Share of data below a sample = share of noise below its start; so all moments are right."""
    shares = torch.linspace(0.01, 0.99, 99, dtype=torch.float64)
    start = torch.special.ndtri(shares).view(-1, 1, 1)
    mask = torch.ones(99, 1, dtype=torch.bool)
    made = solvers.integrate(
        mixture, start, mask, course(solver, 1000 if solver == "euler" else 100)
    )
    below = [
        weight * torch.special.ndtr((made.flatten() - place) / width)
        for weight, place, width in ((0.3, -1.0, 0.2), (0.7, 1.0, 0.4))
    ]
    close = 1e-2 if solver == "euler" else 1e-3
    assert_close(sum(below), shares, rtol=0, atol=close)


def test_halving_eulers_steps_halves_the_error():
    start = torch.linspace(-2, 2, 41, dtype=torch.float64).view(-1, 1, 1)
    mask = torch.ones(41, 1, dtype=torch.bool)
    exact = solvers.integrate(mixture, start, mask, course("dopri8", 1, 1e-10))
    errors = [
        (solvers.integrate(mixture, start, mask, course("euler", steps)) - exact).norm()
        for steps in (200, 400)
    ]
    assert 1.8 < float(errors[0] / errors[1]) < 2.2


@SOLVERS
def test_a_molecule_that_diverges_is_nan_and_the_others_are_made(solver):
    batch = toy_batch((4, 4, 4), padding=0)
    good = knowing(toy_flow().scaling.encode(batch))

    def answer(noisy, level, mask):
        said = good.answer(noisy, level, mask)
        ill = (level < 0.5) & (torch.arange(3) == 1).view(-1, 1, 1)
        return said.masked_fill(ill, math.nan)

    made = flow_around(Says(answer), solver=solver).sample(torch.tensor([4, 4, 4]), steps=6)
    assert made.positions[1].isnan().all()
    assert_close(made.positions[[0, 2]], batch.positions[[0, 2]], rtol=0, atol=1e-3)


def test_with_euler_the_others_of_a_diverging_molecule_are_bit_for_bit_the_same():
    model = toy_flow()
    ill = Says(
        lambda noisy, level, mask: model.dynamics(noisy, level.view(-1, 1), mask).masked_fill(
            (level < 0.5) & (torch.arange(3) == 1).view(-1, 1, 1), math.inf
        )
    )
    found = []
    for network in (model.dynamics, ill):
        torch.manual_seed(1)
        found.append(flow_around(network).sample(SIZES, steps=5).positions[[0, 2]])
    assert torch.equal(*found)


@SOLVERS
def test_progress_is_told_as_often_as_promised(solver):
    model, told = toy_flow(solver=solver), []
    model.sample(SIZES, steps=9, on_step=lambda done, all_: told.append((done, all_)))
    assert told == [(done, 9) for done in range(1, 10)]
    assert model.sampling_steps(9) == 9
    assert model.sampling_steps(None) == 20


@SOLVERS
@pytest.mark.parametrize("network", ["egnn", "gnn"])
def test_equal_seeds_make_equal_centred_molecules(solver, network):
    model = toy_flow(solver=solver, network=network)
    found = []
    for _ in range(2):
        torch.manual_seed(4)
        found.append(model.sample(SIZES, steps=5))
    assert torch.equal(found[0].positions, found[1].positions)
    assert found[0].positions.sum(1).abs().max() < 1e-5
    assert (found[0].positions[~found[0].mask] == 0).all()
    assert found[0].elements.max() < 5


def test_no_field_is_asked_at_the_data_or_beyond():
    for solver in ("euler", "rk4", "dopri5"):
        asked = []

        def field(state, level, asked=asked):
            asked.append(level)
            return -state

        solvers.integrate(field, torch.ones(2, 1, 1), torch.ones(2, 1).bool(), course(solver, 10))
        assert max(asked) == 1
        assert min(asked) == pytest.approx(0.1 if solver == "euler" else 1e-3)


def test_each_molecule_meets_an_adaptive_solvers_tolerance_by_itself():
    """One hard molecule among a hundred easy ones is not averaged away."""
    hard = torch.zeros(100, 1, 1, dtype=torch.float64)
    hard[0] = 30.0

    def field(state, level):
        return hard * torch.cos(hard * level) * torch.ones_like(state)

    mask = torch.ones(100, 1, dtype=torch.bool)
    made = solvers.integrate(field, torch.zeros_like(hard), mask, course("bosh3", 5, 1e-5))
    assert made[0].item() == pytest.approx(math.sin(30), abs=1e-4)


def test_a_field_that_no_step_can_follow_is_refused_in_one_sentence(monkeypatch):
    def field(state, _level):
        return torch.randn_like(state)

    monkeypatch.setattr(solvers, "MOST_STEPS", 100)
    torch.manual_seed(0)
    with pytest.raises(Refused, match="take solver=euler"):
        solvers.integrate(field, torch.ones(2, 1, 1), torch.ones(2, 1).bool(), course("dopri5", 5))


@pytest.mark.parametrize("level", [1e-3, 0.5, 1.0])
def test_velocity_and_endpoint_lead_the_same_way(level):
    clean, noise = torch.randn(2, 3, 4, 3, dtype=torch.float64).unbind()
    noisy = path.at_level(clean, noise, torch.full((3,), level, dtype=torch.float64))
    ways = [
        path.toward_data(
            path.regression_target(clean, noise, prediction=prediction, data_at=data_at),
            noisy, level, prediction=prediction, data_at=data_at,
        )
        for prediction in ("velocity", "endpoint") for data_at in (0, 1)
    ]  # fmt: skip
    for way in ways:
        assert_close(way, clean - noise, rtol=1e-10, atol=1e-10)


def test_no_molecules_is_an_answer():
    assert toy_flow().sample(torch.zeros(0, dtype=torch.int64)).positions.shape[0] == 0
