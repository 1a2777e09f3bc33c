"""The diffusion model: its objective, its bound, and that it learns."""

import math
from dataclasses import replace

import pytest
import torch
from eloss_plugins.adapters.edm import EdmPositionLoss
from torch import nn
from torch.testing import assert_close
from toy_batches import ELEMENTS, toy_batch, toy_model, with_garbage

from eloss_plugins.core import Energy, Kabsch, Mse
from eloss_plugins.errors import UsageError
from eloss_plugins.trainers.diffusion.draw import Draw
from eloss_plugins.trainers.diffusion.model import Diffusion
from eloss_plugins.trainers.diffusion.noise_levels import alpha, sigma
from eloss_plugins.trainers.diffusion.noise_schedule import NoiseSchedule
from eloss_plugins.trainers.diffusion.scaling import Scaling
from eloss_plugins.trainers.molecule_noise import molecule_noise

BOTH = pytest.mark.parametrize("name", ["edm", "gdm"])


def draw(batch, step: int | list[int] = 20) -> Draw:
    torch.manual_seed(3)
    steps = torch.tensor(step).expand(len(batch.mask))
    return Draw(steps, molecule_noise(batch.mask, 6))


def doubled_floats(value):
    wide = {
        k: v.double() for k, v in vars(value).items() if v is not None and v.is_floating_point()
    }
    return replace(value, **wide)


class Knowing(nn.Module):
    """A network that knows the one molecule there is: its noise is exact."""

    def __init__(self, clean: torch.Tensor, schedule: NoiseSchedule):
        super().__init__()
        self.clean = clean
        self.schedule = schedule

    def forward(self, noisy, time, mask):
        gamma = self.schedule((time * self.schedule.timesteps).round().long()).view(-1, 1, 1)
        noise = (noisy - alpha(gamma) * self.clean) / sigma(gamma)
        return noise * mask.unsqueeze(-1)


def knowing_model(batch, timesteps: int = 100) -> Diffusion:
    schedule = NoiseSchedule("polynomial_2", timesteps)
    network = Knowing(Scaling().encode(batch), schedule)
    return Diffusion(network, schedule, scaling=Scaling(), elements=len(ELEMENTS))


@BOTH
def test_loss_is_the_sum_of_its_terms_one_number_a_molecule(name):
    found = toy_model(name).training_losses(toy_batch())
    assert all(value.shape == (3,) for value in found.values())
    assert_close(found["loss"], found["position"] + found["feature"] + found["prior"])
    assert found["finite"].all()
    assert not found["error"].requires_grad


@BOTH
def test_l2_loss_follows_its_formula_by_hand(name):
    model, batch = toy_model(name), toy_batch()
    drawn = draw(batch)
    gamma = model.gamma.gamma[20]
    noisy = alpha(gamma) * model.scaling.encode(batch) + sigma(gamma) * drawn.noise
    out = model.dynamics(noisy, torch.full((3, 1), 0.4), batch.mask)
    sizes = torch.tensor([4.0, 7.0, 2.0])
    expected = 0.5 * (drawn.noise - out).square().sum((1, 2)) / (9 * sizes)
    found = model.losses_at(batch, drawn)
    assert_close(found["position"] + found["feature"], expected)


def test_padded_count_divides_by_the_longest_of_the_batch():
    batch = toy_batch((4, 7, 2), padding=3)
    real = toy_model().losses_at(batch, draw(batch))
    padded = toy_model(counted="padded").losses_at(batch, draw(batch))
    assert_close(padded["error"], real["error"] * torch.tensor([0.4, 0.7, 0.2]))


@BOTH
def test_mse_plugin_over_channels_is_the_trainers_own_loss(name):
    batch = toy_batch()
    own = toy_model(name).losses_at(batch, draw(batch))
    model = toy_model(name)
    model.position_loss = EdmPositionLoss(Mse(reduction="per_channel"))
    assert_close(model.losses_at(batch, draw(batch))["loss"], own["loss"])


def test_position_loss_takes_the_place_of_positions_alone():
    batch, model = toy_batch(), toy_model()
    own = model.losses_at(batch, draw(batch))
    model.position_loss = EdmPositionLoss(Energy(weight=0.1))
    found = model.losses_at(batch, draw(batch))
    assert torch.equal(found["feature"], own["feature"])
    assert torch.equal(found["error"], own["error"])
    assert not torch.allclose(found["position"], own["position"])


def test_at_step_zero_every_loss_is_the_likelihood():
    batch, model = toy_batch(), toy_model()
    own = model.losses_at(batch, draw(batch, 0))
    model.position_loss = EdmPositionLoss(Energy(weight=100.0))
    assert torch.equal(model.losses_at(batch, draw(batch, 0))["loss"], own["loss"])


@BOTH
def test_nll_does_not_depend_on_the_position_loss(name):
    batch, model = toy_batch(), toy_model(name)
    torch.manual_seed(5)
    own = model.nll(batch)
    model.position_loss = EdmPositionLoss(Kabsch(weight=7.0))
    model.train()
    torch.manual_seed(5)
    assert torch.equal(model.nll(batch), own)


def test_nll_of_a_known_molecule_is_that_of_the_last_gaussian():
    batch = toy_batch((5,) * 4, padding=0)
    gamma_0 = NoiseSchedule("polynomial_2", 100).gamma[0].item()
    torch.manual_seed(0)
    found = knowing_model(batch).nll(batch)
    expected = 12 * (gamma_0 / 2 + math.log(2 * math.pi) / 2)
    assert_close(found, torch.full((4,), expected), rtol=0, atol=2e-2)


def test_scale_of_positions_shifts_the_nll_by_the_change_of_volume():
    batch = toy_batch((5,), padding=0)
    small = replace(batch, positions=batch.positions * 3)
    model, scaled = toy_model(), toy_model(norm_values=(3.0, 4.0, 10.0))
    torch.manual_seed(0)
    expected = model.nll(batch) + 12 * math.log(3)
    torch.manual_seed(0)
    assert_close(scaled.nll(small), expected)


@BOTH
def test_garbage_in_padding_changes_no_loss(name):
    batch, model = toy_batch(), toy_model(name)
    model.position_loss = EdmPositionLoss(Energy())
    found = model.losses_at(with_garbage(batch), draw(batch))
    assert torch.equal(found["loss"], model.losses_at(batch, draw(batch))["loss"])


@BOTH
def test_a_molecule_of_no_atoms_has_a_finite_loss_and_gradient(name):
    batch = toy_batch((4, 0, 3))
    model = toy_model(name)
    model.position_loss = EdmPositionLoss(Energy(reduction="per_atom"))
    found = model.training_losses(batch)
    found["loss"].sum().backward()
    assert torch.isfinite(found["loss"]).all()
    assert all(torch.isfinite(p.grad).all() for p in model.parameters())


@BOTH
def test_a_nan_molecule_is_reported_and_leaves_the_others_bit_for_bit(name):
    batch, model = toy_batch(), toy_model(name)
    positions = batch.positions.clone()
    positions[1, 0, 0] = float("nan")
    found = model.losses_at(replace(batch, positions=positions), draw(batch))
    assert found["finite"].tolist() == [True, False, True]
    expected = model.losses_at(batch, draw(batch))["loss"]
    assert torch.equal(found["loss"][[0, 2]], expected[[0, 2]])


def test_losses_at_selected_draws_are_those_of_the_whole_batch():
    batch, model = toy_batch(), toy_model()
    kept = torch.tensor([True, False, True])
    part = replace(batch, **{k: v[kept] for k, v in vars(batch).items() if v is not None})
    drawn = draw(batch, [3, 20, 40])
    found = model.losses_at(part, drawn.select(kept))["loss"]
    assert_close(found, model.losses_at(batch, drawn)["loss"][kept])


def test_bfloat16_prediction_is_judged_in_float32():
    batch, model = toy_batch(), toy_model()
    with torch.autocast("cpu", torch.bfloat16):
        found = model.losses_at(batch, draw(batch))
    assert found["loss"].dtype == torch.float32


@pytest.mark.parametrize("norm_values", [(1.0, 4.0, 100.0), (1.0, 50.0, 1.0)])
def test_scales_that_drown_types_in_the_least_noise_are_refused(norm_values):
    with pytest.raises(UsageError, match="normalisation factor"):
        toy_model(norm_values=norm_values)


@BOTH
def test_training_on_one_molecule_lowers_the_loss(name):
    batch = toy_batch((5,) * 16, padding=0)
    batch = replace(
        batch, **{k: v[:1].expand_as(v) for k, v in vars(batch).items() if v is not None}
    )
    model = toy_model(name, features=16)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    history = []
    for _ in range(60):
        loss = model(batch)["loss"].mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(loss.item())
    assert sum(history[-10:]) < 0.7 * sum(history[:10])


@BOTH
def test_float64_model_agrees_with_the_float32_one(name):
    batch, model = toy_batch(), toy_model(name)
    drawn = draw(batch)
    found = toy_model(name).double().losses_at(doubled_floats(batch), doubled_floats(drawn))
    assert found["loss"].dtype == torch.float64
    assert_close(found["loss"].float(), model.losses_at(batch, drawn)["loss"], rtol=1e-4, atol=1e-6)


def test_a_float64_model_draws_float64_noise():
    model = toy_model().double()
    assert model.draw(doubled_floats(toy_batch())).noise.dtype == torch.float64
    assert model.sample(torch.tensor([2]), steps=2).positions.dtype == torch.float64
