"""The flow in the machinery of runs: resumed, guarded, sampled and judged."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from eloss_plugins import host
from eloss_plugins.cli.main import main
from eloss_plugins.data.molecules import Molecule
from eloss_plugins.trainers import flow
from eloss_plugins.trainers.loop import train
from eloss_plugins.trainers.parts import Parts
from eloss_plugins.trainers.run import load_run
from trainers.tiny_run import assert_same, config, data, molecules, newest

SPEC = replace(flow.SPEC, config=replace(flow.SPEC.config, layers=1, features=8, timesteps=5))


@pytest.fixture(autouse=True)
def _random_positions_are_no_angstrom(monkeypatch):
    monkeypatch.setenv("ELOSS_ANY_UNIT", "1")


def parts(listed: list[Molecule] | None = None, loss: str = "energy") -> Parts:
    return Parts(SPEC, data(listed), host.bind("flow-matching", loss))


@pytest.mark.parametrize("coupling", ["none", "equivariant"])
def test_a_resumed_run_is_the_uninterrupted_one_bit_for_bit(tmp_path, coupling):
    model = {"coupling": coupling}
    whole = config(tmp_path / "whole", trainer="flow", steps=9, model=model)
    train(whole, parts=parts())
    half = config(tmp_path / "half", trainer="flow", steps=5, model=model)
    train(half, parts=parts())
    train(replace(half, steps=9), resume=True, parts=parts())
    assert_same(newest(tmp_path / "half"), newest(tmp_path / "whole"))


@pytest.mark.parametrize("loss", ["none", "kabsch", "energy"])
def test_coupled_noise_trains_in_mixed_precision(tmp_path, loss):
    given = {"model": {"coupling": "equivariant"}, "precision": "bf16-mixed"}
    train(config(tmp_path, trainer="flow", steps=3, log_every=1, **given), parts=parts(loss=loss))
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert [np.isfinite(line["loss"]) for line in lines if line["kind"] == "train"] == [True] * 3


def test_a_molecule_that_is_not_finite_is_left_out_and_named(tmp_path):
    listed = molecules()
    listed[3].positions[0, 0] = np.nan
    train(config(tmp_path, trainer="flow", steps=10, batch_size=8), parts=parts(listed))
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert "mol-3" in json.dumps(lines)
    assert all(torch.isfinite(weight).all() for weight in newest(tmp_path)["model"].values())


def test_validations_carry_their_own_name(tmp_path):
    train(config(tmp_path, trainer="flow", steps=6), parts=parts(loss="none"))
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    valid = [line for line in lines if line["kind"] == "valid"]
    assert valid
    assert all(np.isfinite(line["validation_error"]) for line in valid)
    assert load_run(tmp_path, spec=SPEC).model.measure == "validation_error"


def test_a_run_is_loaded_to_be_sampled_another_way(tmp_path):
    train(config(tmp_path, trainer="flow", steps=1), parts=parts())
    plain = load_run(tmp_path, spec=SPEC)
    other = load_run(tmp_path, spec=SPEC, sampling={"solver": "dopri5"})
    assert (plain.model.config.solver, other.model.config.solver) == ("euler", "dopri5")
    assert other.sampling == {**plain.sampling, "solver": "dopri5"}
    assert other.config == plain.config


@pytest.mark.slow
def test_from_training_to_figures_on_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ELOSS_ANY_UNIT")
    small = ("--model-preset=tiny", "--steps=20", "--data=bundled-tiny", "--accelerator=cpu")
    assert main(("train", "flow", "--loss-plugin=energy", "--out=run", *small)) == 0
    told = capsys.readouterr().err
    assert "balanced" in told
    assert "0.8" in told
    assert main(("sample", "run", "-n", "20", "-o", "made.sdf")) == 0
    capsys.readouterr()
    assert main(("evaluate", "made.sdf", "--json")) == 0
    assert json.loads(capsys.readouterr().out)
