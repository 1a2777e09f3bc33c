import math

import pytest
import torch

from eloss_plugins.errors import UsageError
from eloss_plugins.shapes.losses import Contender
from eloss_plugins.shapes.network import Mlp
from eloss_plugins.shapes.polygon import Task, shrinkage
from eloss_plugins.shapes.training import Run, Training, batches, train

MSE = Contender("mse", "mse")
ENERGY = Contender("energy", "energy")
SPARSE = Contender("sparse", "energy", {"edges": "random-regular", "edges.pool": "3"}, 3e-2)
SHORT = Training(samples=64, steps=12, batch_size=16)


def quality(contender, training=SHORT, seed=0, task=Task(8, math.pi)):  # noqa: B008
    return train(Run(contender, task, training, seed)).quality


def test_the_network_has_two_hidden_layers_of_64():
    shapes = [tuple(p.shape) for p in Mlp(20, seed=0).parameters()]
    assert shapes == [(64, 1), (64,), (64, 64), (64,), (40, 64), (40,)]
    assert Mlp(20, seed=0)(torch.ones(3)).shape == (3, 20, 2)


@pytest.mark.parametrize("contender", [MSE, SPARSE])
def test_equal_runs_are_equal_bit_for_bit(contender):
    first = quality(contender)
    torch.manual_seed(123)
    torch.rand(7)
    assert quality(contender) == first


def test_runs_leave_the_global_random_numbers_alone():
    before = torch.get_rng_state()
    quality(MSE)
    assert torch.get_rng_state().equal(before)


def test_another_seed_is_another_run():
    assert quality(MSE, seed=1) != quality(MSE)


def test_every_pass_sees_each_sample_once():
    found = batches(Training(samples=10, steps=5, batch_size=3), torch.Generator().manual_seed(0))
    assert len(found) == 5
    assert len(set(torch.cat(found[:3]).tolist())) == 9


def test_a_loss_that_is_blind_to_turns_learns_the_same_at_every_angle():
    still, turned = (quality(ENERGY, task=Task(8, angle)) for angle in (0.0, math.pi))
    assert still.regularity == pytest.approx(turned.regularity, abs=1e-3)


def test_result_and_drawings_are_finite():
    result = train(Run(SPARSE, Task(9, 1.0), SHORT))
    assert math.isfinite(result.loss)
    assert [len(ring) for ring in result.drawn] == [9, 9, 9]


@pytest.mark.slow
@pytest.mark.parametrize("angle", [0.0, math.pi / 2, math.pi])
def test_mse_learns_the_mean_over_turns(angle):
    training = Training(samples=5000, steps=400, batch_size=128)
    assert quality(MSE, training, task=Task(6, angle)).radius_ratio == pytest.approx(
        shrinkage(angle), abs=0.04
    )


@pytest.mark.slow
def test_the_energy_keeps_polygons_that_mse_loses():
    training = Training(samples=5000, steps=400, batch_size=64)
    mse, energy = (quality(contender, training) for contender in (MSE, ENERGY))
    assert energy.fidelity > 4
    assert mse.fidelity < 0.2


def test_a_batch_larger_than_the_set_is_refused():
    with pytest.raises(UsageError, match="a batch of 9 does not fit into 8 samples"):
        Training(samples=8, batch_size=9)
    with pytest.raises(UsageError, match="constant, linear, cosine"):
        Training(course="step")
