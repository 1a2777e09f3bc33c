"""The flow-matching model: its objective by hand, its invariances, and that it learns."""

from dataclasses import replace

import pytest
import torch
from torch.testing import assert_close
from toy_batches import toy_batch, with_garbage

from eloss_plugins import host
from eloss_plugins.equivariance import random_rotations
from eloss_plugins.trainers.flow_model.draw import Draw
from eloss_plugins.trainers.flow_model.model import Flow
from eloss_plugins.trainers.molecule_noise import centred

from .flows_by_hand import Says, doubled, drawn, flow_around, paper_loss, toy_flow

TIMES = [0.15, 0.5, 0.9]
NETWORKS = pytest.mark.parametrize("network", ["egnn", "gnn"])
PREDICTIONS = pytest.mark.parametrize("prediction", ["velocity", "endpoint"])
CONVENTIONS = pytest.mark.parametrize("data_at", [0, 1])


@pytest.fixture(autouse=True)
def _random_positions_are_no_angstrom(monkeypatch):
    monkeypatch.setenv("ELOSS_ANY_UNIT", "1")


def energy(options: str = "preset=paper"):
    return host.bind("flow-matching", "energy", options)


def wide(model: Flow) -> Flow:
    return model.double()


def guesses(prediction: str, data_at: int) -> Says:
    """A network with an answer of its own to x_t and r; its endpoint is where its velocity leads.

    The answer is u for data at 0; the same for data at 1 has the other sign.
    """
    sign = 1 if data_at == 0 else -1

    def answer(noisy, level, mask):
        u = torch.sin(3 * noisy + level)
        u = torch.cat([centred(u[..., :3], mask), u[..., 3:]], dim=-1)
        if prediction == "velocity":
            return sign * u
        return torch.cat([-level * u[..., :3], noisy[..., 3:] - level * u[..., 3:]], dim=-1)

    return Says(answer)


@CONVENTIONS
@PREDICTIONS
def test_the_energy_is_the_papers_directly_evaluated(data_at, prediction):
    """E(x_hat, x) / t**2 in plain Python; for data at 1 at the mirrored time."""
    batch = doubled(toy_batch())
    draw = drawn(batch, TIMES)
    weight = {"time_weight": "paper"} if prediction == "endpoint" else {}
    network = guesses(prediction, data_at)
    model = wide(flow_around(network, prediction=prediction, data_at=data_at, **weight))
    model.position_loss = energy()
    given = draw if data_at == 0 else Draw(1 - draw.time, draw.noise)
    found = model.losses_at(batch, given)["position"]
    clean = model.scaling.encode(batch)
    for place, t in enumerate(TIMES):
        x_t = (1 - t) * clean + t * draw.noise
        level = torch.full((3, 1), t, dtype=torch.float64)
        u = guesses("velocity", 0)(x_t, level, batch.mask)
        real = batch.mask[place]
        lists = [value[place, real, :3].tolist() for value in (clean, x_t, u)]
        assert found[place].item() == pytest.approx(paper_loss(*lists, t), rel=1e-11)


@NETWORKS
def test_own_velocity_loss_follows_its_formula_by_hand(network):
    batch = toy_batch()
    draw, model = drawn(batch, TIMES), toy_flow(network=network)
    time = draw.time.view(-1, 1, 1)
    clean = torch.cat([batch.positions, batch.one_hot / 4], dim=-1)
    out = model.dynamics((1 - time) * clean + time * draw.noise, draw.time.view(-1, 1), batch.mask)
    square = (out - (draw.noise - clean)).square().sum(1)
    sizes = torch.tensor([4.0, 7.0, 2.0])
    found = model.losses_at(batch, draw)
    assert_close(found["position"], square[:, :3].sum(1) / (3 * sizes))
    assert_close(found["feature"], square[:, 3:].sum(1) / (5 * sizes))
    assert_close(found["loss"], found["position"] + found["feature"])
    assert_close(found["error"], found["loss"].detach())


@pytest.mark.parametrize("loss", [None, "energy", "mse"])
@PREDICTIONS
def test_mirrored_times_give_equal_losses_in_both_conventions(prediction, loss):
    batch = doubled(toy_batch())
    draw = drawn(batch, TIMES)
    found = []
    for data_at in (0, 1):
        network = guesses(prediction, data_at)
        model = wide(flow_around(network, prediction=prediction, data_at=data_at))
        model.position_loss = loss and host.bind("flow-matching", loss)
        given = Draw((draw.time - data_at).abs(), draw.noise)
        found.append(model.losses_at(batch, given)["loss"])
    assert_close(found[0], found[1], rtol=1e-13, atol=0)


@pytest.mark.parametrize("loss", [None, "energy", "mse"])
def test_an_endpoint_under_the_papers_weight_is_the_velocity_it_stands_for(loss):
    batch = doubled(toy_batch())
    draw, found = drawn(batch, TIMES), []
    for prediction in ("velocity", "endpoint"):
        model = wide(
            flow_around(guesses(prediction, 0), prediction=prediction, time_weight="paper")
        )
        model.position_loss = loss and host.bind("flow-matching", loss)
        found.append(model.losses_at(batch, draw)["loss"])
    assert_close(found[0], found[1], rtol=1e-12, atol=0)


@PREDICTIONS
def test_the_plugin_mse_is_the_models_own_loss(prediction):
    batch, model = toy_batch(), toy_flow(prediction=prediction)
    own = model.losses_at(batch, drawn(batch, TIMES))
    model.position_loss = host.bind("flow-matching", "mse")
    assert_close(model.losses_at(batch, drawn(batch, TIMES))["loss"], own["loss"])


def test_position_loss_takes_the_place_of_positions_alone():
    batch, model = toy_batch(), toy_flow()
    own = model.losses_at(batch, drawn(batch, TIMES))
    model.position_loss = energy()
    found = model.losses_at(batch, drawn(batch, TIMES))
    assert torch.equal(found["feature"], own["feature"])
    assert torch.equal(found["error"], own["error"])
    assert not torch.allclose(found["position"], own["position"])
    assert not found["error"].requires_grad


def test_lengths_reach_the_law_in_angstrom():
    """Two angstrom a unit: the law sees twice the distance, the error stays in units."""
    batch = toy_batch()
    model = flow_around(guesses("velocity", 0), norm_values=(2.0, 4.0, 10.0))
    model.position_loss = energy()
    far = replace(batch, positions=2 * batch.positions)
    found = model.losses_at(far, drawn(batch, TIMES))["position"]
    plain = flow_around(guesses("velocity", 0))
    plain.position_loss = energy("preset=paper,stiffness.length=0.5")
    expected = plain.losses_at(batch, drawn(batch, TIMES))["position"]
    assert_close(found, expected)


def test_validation_does_not_depend_on_the_position_loss():
    batch, model = toy_batch(), toy_flow()
    torch.manual_seed(5)
    own = model.validation(batch)
    model.position_loss = energy()
    model.train()
    torch.manual_seed(5)
    assert torch.equal(model.validation(batch), own)
    assert model.measure == "validation_error"


@NETWORKS
@pytest.mark.parametrize("loss", [None, energy])
def test_garbage_in_padding_changes_no_loss(network, loss):
    batch, model = toy_batch(), toy_flow(network=network)
    model.position_loss = loss and loss()
    found = model.losses_at(with_garbage(batch), drawn(batch, TIMES))
    assert torch.equal(found["loss"], model.losses_at(batch, drawn(batch, TIMES))["loss"])


@NETWORKS
@pytest.mark.parametrize("loss", [None, energy])
def test_a_molecules_loss_does_not_depend_on_its_batch(network, loss):
    batch, model = doubled(toy_batch()), wide(toy_flow(network=network))
    model.position_loss = loss and loss()
    draw = drawn(batch, TIMES)
    together = model.losses_at(batch, draw)["loss"]
    for place, size in enumerate((4, 7, 2)):
        cut = {k: v[place : place + 1] for k, v in vars(batch).items() if v is not None}
        alone = replace(batch, **{k: v if k == "index" else v[:, :size] for k, v in cut.items()})
        one = Draw(draw.time[place : place + 1], draw.noise[place : place + 1, :size])
        assert_close(model.losses_at(alone, one)["loss"][0], together[place], rtol=1e-12, atol=0)


@pytest.mark.parametrize("loss", [None, energy])
@PREDICTIONS
def test_rotating_molecule_and_noise_together_changes_no_loss(prediction, loss):
    batch, model = doubled(toy_batch()), wide(toy_flow(prediction=prediction))
    model.position_loss = loss and loss()
    draw = drawn(batch, TIMES)
    turn = random_rotations(1, seed=1)[0].to(torch.float64)
    turned = replace(batch, positions=batch.positions @ turn.T)
    noise = torch.cat([draw.noise[..., :3] @ turn.T, draw.noise[..., 3:]], dim=-1)
    found = model.losses_at(turned, Draw(draw.time, noise))["loss"]
    assert_close(found, model.losses_at(batch, draw)["loss"], rtol=1e-10, atol=0)


@NETWORKS
def test_reordering_atoms_changes_no_loss(network):
    batch, model = doubled(toy_batch((5, 5), padding=0)), wide(toy_flow(network=network))
    model.position_loss = energy()
    draw = drawn(batch, [0.2, 0.7])
    order = torch.tensor([3, 0, 4, 1, 2])
    mixed = replace(
        batch,
        positions=batch.positions[:, order],
        one_hot=batch.one_hot[:, order],
        charges=batch.charges[:, order],
    )
    found = model.losses_at(mixed, Draw(draw.time, draw.noise[:, order]))["loss"]
    assert_close(found, model.losses_at(batch, draw)["loss"], rtol=1e-11, atol=0)


@pytest.mark.parametrize("time", [0.0, 1e-5, 1.0, 1 - 1e-5])
@pytest.mark.parametrize("weight", ["own", "paper"])
@PREDICTIONS
@CONVENTIONS
def test_loss_and_gradient_are_finite_at_both_ends_of_time(time, weight, prediction, data_at):
    batch = toy_batch()
    model = toy_flow(prediction=prediction, data_at=data_at, time_weight=weight)
    model.position_loss = energy()
    found = model.losses_at(batch, drawn(batch, time))
    found["loss"].sum().backward()
    assert found["finite"].all()
    assert all(torch.isfinite(p.grad).all() for p in model.parameters())


@NETWORKS
def test_a_molecule_of_no_atoms_has_a_finite_loss_and_gradient(network):
    batch = toy_batch((4, 0, 3))
    model = toy_flow(network=network, coupling="equivariant")
    model.position_loss = energy("preset=balanced")
    found = model.training_losses(batch)
    found["loss"].sum().backward()
    assert torch.isfinite(found["loss"]).all()
    assert all(torch.isfinite(p.grad).all() for p in model.parameters())


@NETWORKS
def test_a_nan_molecule_is_reported_and_leaves_the_others_bit_for_bit(network):
    batch, model = toy_batch(), toy_flow(network=network)
    positions = batch.positions.clone()
    positions[1, 0, 0] = float("nan")
    found = model.losses_at(replace(batch, positions=positions), drawn(batch, TIMES))
    assert found["finite"].tolist() == [True, False, True]
    expected = model.losses_at(batch, drawn(batch, TIMES))["loss"]
    assert torch.equal(found["loss"][[0, 2]], expected[[0, 2]])


def test_losses_at_selected_draws_are_those_of_the_whole_batch():
    batch, model = toy_batch(), toy_flow()
    kept = torch.tensor([True, False, True])
    part = replace(batch, **{k: v[kept] for k, v in vars(batch).items() if v is not None})
    draw = drawn(batch, TIMES)
    found = model.losses_at(part, draw.select(kept))["loss"]
    assert_close(found, model.losses_at(batch, draw)["loss"][kept])


def test_bfloat16_prediction_is_judged_in_float32():
    batch, model = toy_batch(), toy_flow()
    model.position_loss = energy()
    with torch.autocast("cpu", torch.bfloat16):
        found = model.training_losses(batch)
    assert found["loss"].dtype == torch.float32


@NETWORKS
def test_float64_model_agrees_with_the_float32_one(network):
    batch, model = toy_batch(), toy_flow(network=network)
    model.position_loss = energy()
    draw = drawn(batch, TIMES)
    single = model.losses_at(batch, draw)["loss"]
    found = wide(model).losses_at(doubled(batch), doubled(draw))["loss"]
    assert found.dtype == torch.float64
    assert_close(found.float(), single, rtol=1e-4, atol=1e-6)


def test_a_float64_model_draws_float64_noise():
    model = wide(toy_flow(coupling="equivariant"))
    draw = model.draw(doubled(toy_batch()))
    assert draw.noise.dtype == draw.time.dtype == torch.float64
    assert model.sample(torch.tensor([2]), steps=2).positions.dtype == torch.float64


@pytest.mark.parametrize("loss", ["none", "mse", "energy"])
@NETWORKS
def test_training_on_one_molecule_lowers_the_error(network, loss):
    batch = toy_batch((5,) * 16, padding=0)
    one = {k: v[:1].expand_as(v) for k, v in vars(batch).items() if v is not None}
    batch, model = replace(batch, **one), toy_flow(network=network, features=16)
    model.position_loss = host.bind("flow-matching", loss)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    history = []
    for _ in range(60):
        found = model(batch)
        optimizer.zero_grad()
        found["loss"].mean().backward()
        optimizer.step()
        history.append(found["loss"].mean().item())
    assert sum(history[-10:]) < 0.8 * sum(history[:10])
