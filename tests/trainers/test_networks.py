"""Equivariance, independence of padding, and agreement with slow loops."""

from dataclasses import replace

import pytest
import torch
from e3nn.o3 import rand_matrix
from torch import Tensor
from torch.testing import assert_close
from toy_batches import toy_batch, toy_model

from eloss_plugins.trainers.networks.aggregation import AggregationRule
from eloss_plugins.trainers.networks.graph_layer import GraphLayer
from eloss_plugins.trainers.networks.position_layer import COORDINATE_RANGE, PositionLayer

MASK = toy_batch().mask
TIME = torch.tensor([[0.1], [0.5], [0.9]])
BOTH = pytest.mark.parametrize("name", ["edm", "gdm"])


@pytest.fixture
def noisy() -> Tensor:
    return toy_model().scaling.encode(toy_batch())


def predict(model: torch.nn.Module, noisy: Tensor, mask: Tensor = MASK) -> Tensor:
    return model.dynamics(noisy, TIME, mask)


def turned(noisy: Tensor, matrix: Tensor) -> Tensor:
    return torch.cat([noisy[..., :3] @ matrix.T, noisy[..., 3:]], dim=-1)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("sin_embedding", [False, True])
def test_equivariant_network_turns_and_mirrors_with_its_input(noisy, sign, sin_embedding):
    model = toy_model("edm", sin_embedding=sin_embedding).double()
    torch.manual_seed(1)
    matrix = sign * rand_matrix(dtype=torch.float64)
    noisy = noisy.double()
    found = predict(model, turned(noisy, matrix))
    assert_close(found, turned(predict(model, noisy), matrix), rtol=1e-6, atol=1e-8)


def test_plain_network_does_not_turn_with_its_input(noisy):
    model = toy_model("gdm")
    torch.manual_seed(1)
    matrix = rand_matrix()
    gap = predict(model, turned(noisy, matrix)) - turned(predict(model, noisy), matrix)
    assert gap.abs().max() > 1e-2


@BOTH
def test_exchanged_atoms_exchange_their_noise(name, noisy):
    model = toy_model(name)
    order = torch.tensor([1, 0, *range(2, noisy.shape[1])])  # both real in every molecule
    assert_close(predict(model, noisy[:, order]), predict(model, noisy)[:, order])


@BOTH
def test_garbage_in_padding_changes_nothing(name, noisy):
    model = toy_model(name)
    dirty = noisy.masked_fill(~MASK.unsqueeze(-1), float("nan"))
    assert torch.equal(predict(model, dirty), predict(model, noisy))


@BOTH
@pytest.mark.parametrize("aggregation", ["sum", "mean"])
def test_more_padding_changes_nothing(name, noisy, aggregation):
    model = toy_model(name, aggregation=aggregation)
    wider = torch.nn.functional.pad(noisy, (0, 0, 0, 3))
    mask = torch.nn.functional.pad(MASK, (0, 3))
    assert_close(predict(model, wider, mask)[:, : noisy.shape[1]], predict(model, noisy))


def test_upstreams_counting_of_padding_changes_the_plain_network(noisy):
    model = toy_model("gdm", count_padding=True)
    wider = torch.nn.functional.pad(noisy, (0, 0, 0, 3))
    found = predict(model, wider, torch.nn.functional.pad(MASK, (0, 3)))
    assert (found[:, : noisy.shape[1]] - predict(model, noisy)).abs().max() > 1e-4


@BOTH
@pytest.mark.parametrize("aggregation", ["sum", "mean"])
def test_counting_padding_or_not_agree_without_padding(name, aggregation):
    batch = toy_batch((5, 5, 5), padding=0)
    ours = toy_model(name, aggregation=aggregation)
    upstreams = toy_model(name, aggregation=aggregation, count_padding=True)
    noisy = ours.scaling.encode(batch)
    found = ours.dynamics(noisy, TIME, batch.mask)
    assert_close(found, upstreams.dynamics(noisy, TIME, batch.mask))


@BOTH
def test_predicted_positions_are_centred_and_padding_is_zero(name, noisy):
    found = predict(toy_model(name), noisy)
    assert found[..., :3].sum(1).abs().max() < 1e-4
    assert found[~MASK].abs().max() == 0


@BOTH
def test_a_nan_molecule_leaves_the_others_bit_for_bit(name, noisy):
    model = toy_model(name)
    broken = noisy.clone()
    broken[1, 0, 0] = float("nan")
    found, expected = predict(model, broken), predict(model, noisy)
    assert found[1].isnan().any()
    assert torch.equal(found[[0, 2]], expected[[0, 2]])


@BOTH
def test_the_time_reaches_the_network_only_if_asked(name, noisy):
    for condition_time in (True, False):
        model = toy_model(name, condition_time=condition_time)
        later = model.dynamics(noisy, TIME + 0.05, MASK)
        assert torch.equal(later, predict(model, noisy)) is not condition_time


@BOTH
def test_bfloat16_autocast_stays_close(name, noisy):
    model = toy_model(name)
    with torch.autocast("cpu", torch.bfloat16):
        found = predict(model, noisy).float()
    assert_close(found, predict(model, noisy), rtol=0.1, atol=0.1)


def slow_graph_layer(layer: GraphLayer, states: Tensor, pair: Tensor, count: int) -> Tensor:
    """One molecule of `count` atoms, one pair at a time."""
    rows = []
    for i in range(count):
        received = torch.zeros_like(states[0])
        for j in range(count):
            if i != j:
                message = layer.edge_mlp(torch.cat([states[i], states[j], pair[i, j]]))
                received = received + message * layer.att_mlp(message)
        update = layer.node_mlp(torch.cat([states[i], received / 10.0]))
        rows.append(states[i] + update)
    return torch.stack(rows)


def test_graph_layer_equals_a_loop_over_pairs():
    torch.manual_seed(0)
    layer = GraphLayer(6, 2, attention=True).double()
    states, pair = torch.randn(1, 5, 6).double(), torch.randn(1, 5, 5, 2).double()
    mask = torch.tensor([[True] * 4 + [False]])
    rule = AggregationRule("sum", 10.0, with_self=False, count_padding=False)
    found = layer(states, pair, rule(mask, torch.float64))
    expected = slow_graph_layer(layer, states[0], pair[0], 4)
    assert_close(found[0, :4], expected, rtol=1e-12, atol=1e-12)
    assert found[0, 4].abs().max() == 0


def test_position_layer_equals_a_loop_over_pairs():
    torch.manual_seed(0)
    layer = PositionLayer(6, 2, tanh=True).double()
    states, pair = torch.randn(1, 3, 6).double(), torch.randn(1, 3, 3, 2).double()
    positions, direction = torch.randn(1, 3, 3).double(), torch.randn(1, 3, 3, 3).double()
    rule = AggregationRule("mean", 1.0, with_self=False, count_padding=False)
    mask = torch.ones(1, 3, dtype=torch.bool)
    found = layer(positions, states, direction, pair, rule(mask, torch.float64))
    expected = positions[0].clone()
    for i, j in ((0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)):
        step = layer.coord_mlp(torch.cat([states[0, i], states[0, j], pair[0, i, j]]))
        expected[i] += direction[0, i, j] * torch.tanh(step) * COORDINATE_RANGE / 3
    assert_close(found[0], expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("tanh", [True, False])
def test_coincident_atoms_have_a_finite_gradient(tanh):
    model = toy_model("edm", tanh=tanh, norm_constant=0.0)
    batch = toy_batch((3, 3, 3), padding=0)
    noisy = model.scaling.encode(replace(batch, positions=torch.zeros_like(batch.positions)))
    noisy.requires_grad_()
    model.dynamics(noisy, TIME, batch.mask).square().sum().backward()
    assert torch.isfinite(noisy.grad).all()
