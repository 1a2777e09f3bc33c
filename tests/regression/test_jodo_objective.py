"""Our objective and samplers with the weights of the recipe against what JODO recorded."""

import pytest
import records
import torch
import upstream_joint
from torch.testing import assert_close
from upstream_jodo import LAWS
from upstream_joint import ENDS, SAMPLERS, TIMES, VARIANTS

from eloss_plugins import host
from eloss_plugins.trainers.jodo_model import ancestral, dpm_solver
from eloss_plugins.trainers.jodo_model.state import JointState

RECORD = records.load("jodo_objective")
LOSSES = records.under("loss", RECORD)
ENERGIES = records.under("energy", RECORD)
SAMPLES = records.under("sample", RECORD)
CLOSE = {"rtol": 1e-5, "atol": 1e-5}


def test_molecules_and_noise_are_the_recorded_ones():
    found = records.under("input", RECORD)
    batch = upstream_joint.batch_of(VARIANTS["aromatic"])
    noise = upstream_joint.noise_of(VARIANTS["aromatic"])
    assert_close(batch.positions, found["positions"])
    assert torch.equal(batch.bonds, found["bonds"])
    assert torch.equal(batch.formal_charges, found["charges"])
    assert_close(noise.atoms, found["noise/atoms"])
    assert_close(noise.bonds, found["noise/bonds"])


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("case", ["without", "with"])
def test_the_loss_of_each_molecule_is_upstreams(name, case):
    config = VARIANTS[name]
    draw = upstream_joint.draw_of(config, TIMES, condition=case == "with")
    found = upstream_joint.our_model(config).losses_at(upstream_joint.batch_of(config), draw)
    assert_close(found["loss"], LOSSES[f"{name}/{case}"], **CLOSE)
    assert torch.equal(found["error"], found["loss"])


@pytest.mark.parametrize("name", VARIANTS)
def test_at_the_ends_of_the_schedule_the_loss_is_upstreams_in_float64(name):
    config = VARIANTS[name]
    draw = upstream_joint.in_double(upstream_joint.draw_of(config, ENDS, condition=True))
    batch = upstream_joint.in_double(upstream_joint.batch_of(config))
    found = upstream_joint.our_model(config).double().losses_at(batch, draw)
    assert_close(found["loss"], LOSSES[f"{name}/ends"], rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("mode", LAWS)
def test_the_authors_preset_gives_the_authors_training_loss(mode):
    bound = host.bind("jodo", "energy", f"preset=authors-jodo,stiffness={LAWS[mode]}")
    config = VARIANTS["default"]
    draw = upstream_joint.draw_of(config, TIMES, condition=True)
    model = upstream_joint.our_model(config, bound)
    found = model.losses_at(upstream_joint.batch_of(config), draw)
    assert_close(found["loss"], ENERGIES[mode], **CLOSE)
    assert_close(found["error"], LOSSES["default/with"], **CLOSE)


def test_the_authors_squared_error_as_a_plugin_is_upstreams_loss():
    bound = host.bind("jodo", "mse", "preset=authors-jodo")
    config = VARIANTS["default"]
    draw = upstream_joint.draw_of(config, TIMES, condition=True)
    found = upstream_joint.our_model(config, bound).losses_at(upstream_joint.batch_of(config), draw)
    assert_close(found["loss"], LOSSES["default/with"], **CLOSE)


@pytest.fixture
def _recorded_noise(monkeypatch, request):
    """The samplers draw what upstream's drew; they draw once more, for nothing, at the end."""
    rest = upstream_joint.sampling_noises(SAMPLERS[request.getfixturevalue("name")])[1:]
    nothing = JointState(torch.zeros_like(rest[0].atoms), torch.zeros_like(rest[0].bonds))
    noises = iter([*rest, nothing])
    monkeypatch.setattr(ancestral, "joint_noise", lambda *_: next(noises))
    monkeypatch.setattr(dpm_solver, "position_noise", lambda *_: next(noises).positions)


@pytest.mark.parametrize("name", SAMPLERS)
@pytest.mark.usefixtures("_recorded_noise")
def test_samplers_make_upstreams_molecules(name):
    found = upstream_joint.our_sample(SAMPLERS[name])
    # upstream inverts its levels to find the times between, which costs digits
    close = {"rtol": 1e-7, "atol": 1e-7}
    assert_close(found.atoms, SAMPLES[f"{name}/atoms"], **close)
    assert_close(found.bonds, SAMPLES[f"{name}/bonds"], **close)


def test_the_record_names_its_commit_and_stays_small():
    assert len(records.commit_of("jodo_objective")) == 40
    assert (records.FOLDER / "jodo_objective.npz").stat().st_size < 100_000
