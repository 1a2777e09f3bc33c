"""Our networks, schedules, losses and sampling steps against what EDM's own code recorded."""

import math

import pytest
import records
import torch
from torch import Tensor
from torch.testing import assert_close
from upstream_models import VARIANTS, molecules, our_model

from eloss_plugins.trainers.diffusion import likelihood, sampling
from eloss_plugins.trainers.diffusion.draw import Draw
from eloss_plugins.trainers.diffusion.model import Diffusion
from eloss_plugins.trainers.diffusion.noise_levels import alpha, sigma, transition
from eloss_plugins.trainers.diffusion.noise_schedule import NoiseSchedule
from eloss_plugins.trainers.molecule_noise import centred

NETWORKS = records.load("edm_networks")
SCHEDULES = records.load("edm_schedules")
LOSSES = records.load("edm_losses")
CLOSE = {"rtol": 1e-5, "atol": 1e-5}


def loaded(name: str, weights: dict[str, Tensor]) -> Diffusion:
    """The variant with recorded weights; `strict` fails on a missing or unexpected name."""
    model = our_model(VARIANTS[name])
    rest = {k: v for k, v in model.state_dict().items() if not k.startswith("dynamics.")}
    model.load_state_dict({**weights, **rest}, strict=True)
    return model


def noise(found: dict[str, Tensor], mask: Tensor, end: str = "") -> Tensor:
    """The recorded draws as upstream uses them: positions centred, padding zero."""
    positions, features = found[f"positions{end}"], found[f"features{end}"]
    return torch.cat([centred(positions, mask), features * mask.unsqueeze(-1)], dim=-1)


@pytest.fixture(params=["egnn", "gnn"])
def losses(request: pytest.FixtureRequest) -> tuple[Diffusion, dict[str, Tensor]]:
    found = records.under(request.param, LOSSES)
    return loaded(request.param, records.under("weights", found)), found


@pytest.fixture
def batch():
    return molecules((4, 9, 6, 2), padding=1, seed=2)


@pytest.mark.parametrize("name", VARIANTS)
def test_network_output_equals_upstream(name):
    found = records.under(name, NETWORKS)
    model = loaded(name, records.under("weights", found))
    out = model.dynamics(found["noisy"], found["time"], found["mask"])
    assert_close(out, found["out"], **CLOSE)


@pytest.mark.parametrize("key", [key for key in SCHEDULES if "/" not in key])
def test_schedule_equals_upstream(key):
    name, steps, precision = key.split("-", 2)
    schedule = NoiseSchedule(name, int(steps), float(precision))
    assert_close(schedule.gamma, SCHEDULES[key], rtol=1e-6, atol=1e-6)


def test_transition_between_steps_equals_upstream():
    found = records.under("transition", SCHEDULES)
    gamma = NoiseSchedule("polynomial_2", 1000, 1e-5).gamma
    gamma_s, gamma_t = gamma[found["steps"]], gamma[found["steps"] + 1]
    move = transition(gamma_s, gamma_t)
    assert_close(move.signal, found["signal"], rtol=1e-6, atol=1e-7)
    assert_close(move.variance, found["variance"], rtol=1e-5, atol=1e-9)
    assert_close(alpha(gamma_t), found["alpha"], rtol=1e-6, atol=1e-7)
    assert_close(sigma(gamma_t), found["sigma"], rtol=1e-6, atol=1e-7)


def test_l2_training_loss_equals_upstream(losses, batch):
    model, found = losses
    training = records.under("training", found)
    draw = Draw(training["step"].squeeze(1), noise(training, batch.mask))
    assert_close(model.losses_at(batch, draw)["loss"], training["loss"], **CLOSE)


def test_bound_on_the_likelihood_equals_upstream(losses, batch):
    model, found = losses
    bound = records.under("bound", found)
    step = bound["step"].squeeze(1)
    start = Draw(torch.zeros_like(step), noise(bound, batch.mask, "_0"))
    nll = model.nll_at(batch, Draw(step, noise(bound, batch.mask)), start)
    assert_close(nll, bound["loss"], **CLOSE)


def test_terms_of_the_bound_equal_upstream(losses, batch):
    model, found = losses
    terms = records.under("terms", found)
    start = Draw(torch.zeros(4, dtype=torch.int64), terms["noise"])
    clean = model.scaling.encode(batch)
    gamma = model.gamma.gamma
    constant = likelihood.position_constant(batch.mask, gamma[0])
    assert_close(constant, terms["constant"], **CLOSE)
    prior = likelihood.prior_divergence(clean, batch.mask, gamma[-1])
    assert_close(prior, terms["prior"], rtol=1e-5, atol=1e-5)
    with torch.no_grad():
        log_p = constant - model._reconstruction(batch, start)
    assert_close(log_p, terms["log_p"], **CLOSE)


@torch.no_grad()
def test_step_of_sampling_equals_upstream(losses, batch):
    model, found = losses
    step = records.under("sampling", found)
    gamma = model.gamma.gamma
    prediction = model.predict(step["noisy"], torch.full((4,), 500), batch.mask)
    drawn = noise(step, batch.mask)
    earlier = sampling.reverse_step(step["noisy"], prediction, drawn, gamma[499], gamma[500])
    assert_close(sampling.recentred(earlier, batch.mask), step["earlier"], **CLOSE)


@torch.no_grad()
def test_last_step_of_sampling_equals_upstream(losses, batch):
    model, found = losses
    step = records.under("sampling", found)
    prediction = model.predict(step["noisy"], torch.zeros(4, dtype=torch.int64), batch.mask)
    drawn = noise(step, batch.mask, "_0")
    positions = sampling.last_positions(step["noisy"], prediction, drawn, model.gamma.gamma[0])
    assert_close(positions, step["x"], **CLOSE)
    real = batch.mask.unsqueeze(-1)
    types = model.scaling.decode_types(step["noisy"]) * real
    assert torch.equal(types, step["types"].long())
    charges = torch.round(model.scaling.charges_of(step["noisy"])).long() * real
    assert torch.equal(charges, step["charges"].long())


def test_records_name_their_commit_and_stay_small():
    names = ("edm_networks", "edm_schedules", "edm_losses", "authors_losses")
    assert all(len(records.commit_of(name)) == 40 for name in names)
    sizes = [(records.FOLDER / f"{name}.npz").stat().st_size for name in names]
    assert sum(sizes) < 400_000


def test_recorded_training_steps_include_step_zero():
    assert (LOSSES["egnn/training/step"] == 0).any()
    assert math.isfinite(LOSSES["egnn/training/loss"].sum())
