"""JODO's objective: its formula, its symmetries, what it does with what is not finite."""

import math
from dataclasses import replace

import pytest
import torch
from eloss_plugins.adapters.jodo import JodoPositionLoss
from torch.testing import assert_close
from toy_batches import ELEMENTS

from eloss_plugins.core import Energy, Mse
from eloss_plugins.equivariance import random_rotations
from eloss_plugins.trainers import guard
from eloss_plugins.trainers.jodo_model.draw import JointDraw
from eloss_plugins.trainers.jodo_model.state import JointState
from eloss_plugins.trainers.processes.ranks import Ranks
from trainers.jodo_model.toys import (
    bonded_batch,
    draw_for,
    saying,
    selected,
    toy_model,
    wide,
    with_garbage,
)

COIN = pytest.mark.parametrize("condition", [False, True], ids=["alone", "conditioned"])
NUMBERS = ("loss", "position", "feature", "bond", "error")


def assert_same(left, right, **close):
    for name in NUMBERS:
        assert_close(left[name], right[name], **close)


def test_loss_is_the_sum_of_its_parts_one_number_a_molecule():
    found = toy_model().training_losses(bonded_batch())
    assert all(value.shape == (3,) for value in found.values())
    assert_close(found["loss"], found["position"] + found["feature"] + found["bond"])
    assert found["finite"].all()
    assert not found["error"].requires_grad


@pytest.mark.parametrize("reduce_mean", [False, True])
def test_the_loss_is_its_formula_in_plain_python(reduce_mean):
    batch = bonded_batch()
    model = toy_model(align=False, reduce_mean=reduce_mean)
    drawn = draw_for(batch)
    noised, found = model.noised(batch, drawn), model.losses_at(batch, drawn)
    level, wanted = noised.level, []
    for molecule, size in enumerate(batch.mask.sum(1).tolist()):
        x, x_hat = (s.atoms[molecule].tolist() for s in (noised.clean, noised.prediction))
        e, e_hat = (s.bonds[molecule].tolist() for s in (noised.clean, noised.prediction))
        position = feature = bond = 0.0
        for i in range(size):
            position += sum((x[i][k] - x_hat[i][k]) ** 2 for k in range(3)) / 3
            feature += sum((x[i][k] - x_hat[i][k]) ** 2 for k in range(3, 9)) / 6
            for j in range(size):
                bond += sum((e[i][j][k] - e_hat[i][j][k]) ** 2 for k in range(2)) / 2
        atoms, pairs = (size, size * (size - 1)) if reduce_mean else (1, 1)
        total = position / atoms + 0.25 * feature / atoms + 0.1 * bond / pairs
        wanted.append(math.sqrt(level.alpha[molecule] / level.sigma[molecule]) * total)
    assert_close(found["loss"], torch.tensor(wanted))


@COIN
def test_turning_molecules_and_noise_changes_nothing(condition):
    batch, model = wide(bonded_batch()), toy_model().double()
    drawn = draw_for(batch, condition=condition)
    turn = random_rotations(3, seed=1)
    atoms = torch.cat([drawn.noise.positions @ turn, drawn.noise.features], -1)
    turned = replace(drawn, noise=JointState(atoms, drawn.noise.bonds))
    moved = replace(batch, positions=batch.positions @ turn)
    assert_same(model.losses_at(moved, turned), model.losses_at(batch, drawn), rtol=1e-9, atol=0)


@COIN
def test_an_aligned_target_forgets_how_the_clean_molecule_lay(condition):
    """Where nothing of it is left in the noisy one."""
    batch, model = wide(bonded_batch()), toy_model().double()
    drawn = draw_for(batch, 0.9946, condition=condition)
    noised = model.noised(batch, drawn)
    turn = random_rotations(3, seed=1)
    turned = model.noised(replace(batch, positions=batch.positions @ turn), drawn)
    assert (turned.target - noised.target).abs().max() < 0.1
    assert (turned.clean.positions - noised.clean.positions).abs().max() > 1


@COIN
def test_order_of_atoms_does_not_matter(condition):
    batch, model = wide(bonded_batch((6, 6, 6), padding=0)), toy_model().double()
    drawn = draw_for(batch, condition=condition)
    order = torch.randperm(6, generator=torch.Generator().manual_seed(0))
    names = ("positions", "one_hot", "charges", "formal_charges")
    moved = replace(
        batch,
        bonds=batch.bonds[:, order][:, :, order],
        **{name: getattr(batch, name)[:, order] for name in names},
    )
    noise = JointState(drawn.noise.atoms[:, order], drawn.noise.bonds[:, order][:, :, order])
    found = model.losses_at(moved, replace(drawn, noise=noise))
    assert_same(found, model.losses_at(batch, drawn), rtol=1e-9, atol=0)


@COIN
def test_each_loss_depends_on_its_molecule_alone(condition):
    batch, model = wide(bonded_batch()), toy_model().double()
    drawn = draw_for(batch, condition=condition)
    whole = model.losses_at(batch, drawn)
    for place, size in enumerate((4, 7, 2)):
        noise = JointState(
            drawn.noise.atoms[[place], :size], drawn.noise.bonds[[place], :size, :size]
        )
        one = JointDraw(drawn.time[[place]], noise, condition)
        found = model.losses_at(selected(batch, [place], size), one)
        assert_same(found, {n: whole[n][[place]] for n in NUMBERS}, rtol=1e-9, atol=0)


@COIN
@pytest.mark.parametrize("value", [float("nan"), 1e6])
def test_garbage_in_padding_changes_no_bit(condition, value):
    batch, model = bonded_batch(), toy_model()
    drawn = draw_for(batch, condition=condition)
    found = model.losses_at(with_garbage(batch, value), drawn)
    clean = model.losses_at(batch, drawn)
    assert all(torch.equal(found[name], clean[name]) for name in NUMBERS)


@COIN
@pytest.mark.parametrize("schedule", ["cosine", "linear", "polynomial"])
def test_loss_and_gradient_are_finite_at_the_ends_of_time(condition, schedule):
    batch, model = bonded_batch(), toy_model(schedule=schedule)
    drawn = draw_for(batch, [1e-5, 0.5, model.schedule.end], condition=condition)
    found = model.losses_at(batch, drawn)
    found["loss"].sum().backward()
    assert found["finite"].all()
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    assert len(gradients) > 20
    assert all(torch.isfinite(gradient).all() for gradient in gradients)


@COIN
def test_float32_agrees_with_float64(condition):
    batch, model = bonded_batch(), toy_model()
    drawn = draw_for(batch, [1e-5, 0.5, 0.99], condition=condition)
    found = model.losses_at(batch, drawn)
    noise = JointState(drawn.noise.atoms.double(), drawn.noise.bonds.double())
    exact = JointDraw(drawn.time.double(), noise, condition)
    expected = model.double().losses_at(wide(batch), exact)
    assert_same(found, {n: expected[n].float() for n in NUMBERS}, rtol=1e-4, atol=1e-5)


def test_autocast_leaves_the_objective_in_float32():
    batch, drawn = bonded_batch(), draw_for(bonded_batch())
    model = saying(lambda noisy: JointState(0.9 * noisy.atoms, 0.9 * noisy.bonds))
    expected = model.losses_at(batch, drawn)
    with torch.autocast("cpu", torch.bfloat16):
        assert_same(model.losses_at(batch, drawn), expected)
        assert toy_model().losses_at(batch, drawn)["finite"].all()


def test_a_position_loss_takes_the_place_of_positions_alone():
    batch, drawn = bonded_batch(), draw_for(bonded_batch())
    own = toy_model().losses_at(batch, drawn)
    found = toy_model(JodoPositionLoss(Energy())).losses_at(batch, drawn)
    assert torch.equal(found["feature"], own["feature"])
    assert torch.equal(found["bond"], own["bond"])
    assert torch.equal(found["error"], own["error"])
    assert not torch.allclose(found["position"], own["position"])


@pytest.mark.parametrize("reduce_mean", [False, True])
def test_the_squared_error_as_a_plugin_is_the_trainers_own(reduce_mean):
    batch, drawn = bonded_batch(), draw_for(bonded_batch())
    own = toy_model(reduce_mean=reduce_mean).losses_at(batch, drawn)
    loss = JodoPositionLoss(Mse(reduction="sum", weight=1 / 3))
    assert_same(toy_model(loss, reduce_mean=reduce_mean).losses_at(batch, drawn), own)


def test_a_position_loss_gets_aligned_positions_bonds_and_numbers_in_angstrom():
    seen = {}

    def loss(prediction, positions, mask, **given):
        seen.update(given, positions=positions)
        return prediction.square().sum((1, 2))

    batch, drawn = bonded_batch(), draw_for(bonded_batch())
    model = toy_model(loss, norm_values=(2.0, 4.0, 4.0, 3.0))
    model.losses_at(batch, drawn)
    assert torch.equal(seen["positions"], model.noised(batch, drawn).target)
    assert torch.equal(seen["numbers"], batch.charges.squeeze(-1).long())
    assert_close(seen["adjacency"][..., 1] * 3, batch.bonds)
    assert seen["length_scale"] == 2
    assert seen["features"].shape[-1] == len(ELEMENTS) + 1


def test_validation_is_the_models_own_error_whatever_the_loss():
    batch, found = bonded_batch(), []
    for loss in (None, JodoPositionLoss(Energy(weight=7.0))):
        torch.manual_seed(5)
        found.append(toy_model(loss).validation(batch))
    assert torch.equal(*found)
    assert toy_model().measure == "validation_error"
    assert not found[0].requires_grad


def test_times_are_uniform_and_end_where_the_schedule_does():
    batch = bonded_batch((2,) * 4000, padding=0)
    torch.manual_seed(0)
    time = toy_model().draw(batch).time
    assert 1e-5 <= time.min() < 2e-3
    assert time.max() == pytest.approx(0.9946)
    assert time.quantile(torch.tensor([0.25, 0.5, 0.75])).tolist() == pytest.approx(
        [0.25, 0.5, 0.75], abs=0.03
    )


def test_half_of_the_batches_are_conditioned():
    batch, model = bonded_batch(), toy_model()
    torch.manual_seed(0)
    assert 70 < sum(model.draw(batch).condition for _ in range(200)) < 130


def test_noise_is_centred_symmetric_and_zero_in_padding():
    batch = bonded_batch()
    noise = toy_model().draw(batch).noise
    assert_close(noise.positions.sum(1), torch.zeros(3, 3), rtol=0, atol=1e-5)
    assert (noise.atoms[~batch.mask] == 0).all()
    assert torch.equal(noise.bonds, noise.bonds.transpose(1, 2))
    assert (noise.bonds[0, 4:] == 0).all()
    assert (noise.bonds.diagonal(dim1=1, dim2=2) == 0).all()
    below = noise.bonds[1, :7, :7].permute(2, 0, 1)[:, *torch.tril_indices(7, 7, -1)]
    assert 0.5 < below.std() < 1.5


def test_the_condition_is_the_networks_own_answer_without_gradient():
    batch = bonded_batch()
    model = saying(lambda noisy: JointState(2 * noisy.atoms, 3 * noisy.bonds))
    model.losses_at(batch, draw_for(batch, condition=True))
    first, second = model.dynamics.conditions
    assert first is None
    assert not second.atoms.requires_grad
    model.dynamics.conditions.clear()
    model.losses_at(batch, draw_for(batch, condition=False))
    assert model.dynamics.conditions == [None]


def test_without_self_conditioning_the_coin_plays_no_part():
    batch, model = bonded_batch(), toy_model(self_condition=False)
    alone, conditioned = (
        model.losses_at(batch, draw_for(batch, condition=coin))["loss"] for coin in (False, True)
    )
    assert torch.equal(alone, conditioned)


def test_a_condition_may_be_kept_within_the_range_of_clean_molecules():
    batch = bonded_batch()
    model = saying(lambda noisy: JointState(noisy.atoms + 9, noisy.bonds + 9), clamp_condition=True)
    model.losses_at(batch, draw_for(batch, condition=True))
    condition = model.dynamics.conditions[1]
    assert condition.features.max() == 0.25
    assert condition.bonds.max() == 1
    assert condition.positions.max() > 5


@COIN
def test_a_molecule_that_is_not_finite_is_told_and_spoils_no_other(condition):
    batch, model = bonded_batch(), toy_model()
    positions = batch.positions.clone()
    positions[1, 0] = float("nan")
    drawn = draw_for(batch, condition=condition)
    found = model.losses_at(replace(batch, positions=positions), drawn)
    clean = model.losses_at(batch, drawn)
    assert found["finite"].tolist() == [True, False, True]
    for name in NUMBERS:
        assert torch.equal(found[name][[0, 2]], clean[name][[0, 2]])


def test_the_guard_repeats_the_draws_and_the_coin():
    """Dropout, noise and coin come out as before when the culprit has become padding."""
    batch, model, steps = bonded_batch(), toy_model(dropout=0.2), []
    bonds = batch.bonds.clone()
    bonds[0, 0, 1] = float("inf")

    def compute(given):
        losses = model.training_losses(given)
        steps.append(losses["loss"].detach())
        return losses | {"loss": losses["loss"].where(given.index != 2, float("nan"))}

    torch.manual_seed(0)
    ranks = Ranks(0, 1, torch.device("cpu"))
    step = guard.guarded(compute, replace(batch, bonds=bonds), ranks)
    assert step.kept.tolist() == [False, True, False]
    assert len(steps) == 2
    assert torch.equal(steps[0][1], steps[1][1])


def test_an_empty_molecule_costs_nothing():
    batch = bonded_batch((4, 3))
    mask = batch.mask & torch.tensor([[True], [False]])
    found = toy_model(reduce_mean=True).losses_at(replace(batch, mask=mask), draw_for(batch))
    assert found["loss"][1] == 0
    assert found["finite"].all()
