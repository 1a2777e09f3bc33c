"""Every registered name, by name, in every reference trainer; three steps each."""

import importlib
import json
import math
import os
from pathlib import Path

import pytest

from eloss_plugins import plugins
from eloss_plugins.chem.formats import write_molecules
from eloss_plugins.data.load import load

from .conftest import TINY

REGISTERED = plugins.load()
TUNED = ("gdm", "gdm-aug", "edm", "jodo")
TRAINERS = (*TUNED, "flow")
PRESETS = ("paper", "balanced", "authors-edm", "authors-jodo", "tuned")
PAIRS = [(name, preset) for name in TRAINERS for preset in PRESETS]
PAIRS.remove(("flow", "tuned"))  # nobody has published numbers
SHORT = (*TINY, "--steps=3", "--log-every=1", "--data=bundled-tiny", "--out=run", "--overwrite")
PLUGIN = """
from dataclasses import dataclass
from eloss_plugins import hookimpl

@dataclass(frozen=True)
class Huber:
    delta: float = 1.0

    def __call__(self, batch):
        d2 = batch.clean_residual().square().sum(-1)
        return (d2 / self.delta**2 + 1).sqrt().sum(-1)

def only_bonds(pairs):
    return pairs.bond_orders

only_bonds.uses_bonds = True

@hookimpl
def register_losses():
    return {"smooth": Huber, "plain": lambda batch: Huber()(batch)}

@hookimpl
def register_stiffness():
    return {"by-order": only_bonds}
"""

OBSERVER = """
from eloss_plugins import hookimpl
seen = []

@hookimpl
def after_loss(target, step, terms):
    seen.append((target, step, terms["loss"].item(), terms["loss"].requires_grad))
"""


def journal(eloss, trainer: str, *words: str) -> list[dict]:
    """What each step of a run was like."""
    answer = eloss("train", trainer, *words, *SHORT)
    assert answer.code == 0, answer.err
    lines = map(json.loads, Path("run", "metrics.jsonl").read_text().splitlines())
    return [line for line in lines if line["kind"] == "train"]


def assert_trains(steps: list[dict]) -> None:
    assert [step["step"] for step in steps] == [1, 2, 3]
    assert all(math.isfinite(step["loss"]) and step["grad_norm"] > 0 for step in steps)
    assert not steps[-1]["skipped"]


@pytest.mark.parametrize("trainer", TRAINERS)
@pytest.mark.parametrize("loss", [*REGISTERED.losses.names(), "none"])
def test_every_loss_trains_every_trainer(eloss, trainer, loss):
    assert_trains(journal(eloss, trainer, "--loss-plugin", loss))


@pytest.mark.parametrize("trainer", TRAINERS)
@pytest.mark.parametrize("law", REGISTERED.stiffness.names())
def test_every_law_trains_every_trainer(eloss, trainer, law):
    options = f"stiffness={law}"
    assert_trains(journal(eloss, trainer, "--loss-plugin=energy", "--loss-options", options))


@pytest.mark.parametrize("trainer", TRAINERS)
@pytest.mark.parametrize("edges", REGISTERED.edges.names())
def test_every_edge_set_trains_every_trainer(eloss, trainer, edges):
    options = f"edges={edges}"
    assert_trains(journal(eloss, trainer, "--loss-plugin=energy", "--loss-options", options))


@pytest.mark.parametrize(("trainer", "preset"), PAIRS)
def test_every_preset_trains_every_trainer(eloss, trainer, preset):
    words = ("--loss-plugin=energy", "--loss-options", f"preset={preset}")
    assert_trains(journal(eloss, trainer, *words))


@pytest.mark.parametrize("trainer", ["gdm", "gdm-aug", "edm"])  # JODO's authors have no such law
def test_the_bond_aware_law_of_the_paper_trains_every_trainer(eloss, trainer):
    words = ("--loss-plugin=energy", "--loss-options", "stiffness=lennard-jones,preset=tuned")
    steps = journal(eloss, trainer, *words)
    assert_trains(steps)
    record = json.loads(Path("run", "config.json").read_text())
    assert '"stiffness.bonded": 9.0' in json.dumps(record)
    unbonded = journal(eloss, trainer, *words[:2], words[2] + ",bonded=none")
    assert steps[0]["position"] != unbonded[0]["position"]


@pytest.mark.parametrize("trainer", TRAINERS)
def test_losses_and_laws_of_other_packages_train_every_trainer(eloss, site, trainer):
    site.add("acme", PLUGIN, version="2.1")
    assert_trains(journal(eloss, trainer, "--loss-plugin=smooth", "--loss-options=delta=0.5"))
    record = json.dumps(json.loads(Path("run", "config.json").read_text()))
    assert '"plugin": "acme:acme"' in record
    assert '"version": "2.1"' in record
    words = ("--loss-plugin=energy", "--loss-options=stiffness=by-order")
    assert_trains(journal(eloss, trainer, *words))


@pytest.mark.parametrize(("name", "told"), [("smooth", "(delta 1.0)"), ("plain", "(no options)")])
def test_a_loss_of_another_package_is_told_with_its_origin(eloss, site, name, told):
    site.add("acme", PLUGIN, version="2.1")
    answer = eloss("train", "gdm", f"--loss-plugin={name}", *SHORT)
    assert answer.err.startswith(f"loss: {name} of acme:acme 2.1 {told}")


def test_without_its_plugin_a_run_samples_but_does_not_go_on(eloss, site):
    site.add("acme", PLUGIN)
    journal(eloss, "gdm", "--loss-plugin=smooth")
    site.remove("acme")
    answer = eloss("train", "gdm", "--out=run", "--resume", "--steps=4")
    assert answer.code == 2
    assert "Unknown loss `smooth`; known: energy" in answer.err
    assert eloss("sample", "run", "-n2", "--sample-steps=2").code == 0


def test_another_version_of_its_plugin_is_a_changed_setting(eloss, site):
    site.add("acme", PLUGIN, version="2.1")
    journal(eloss, "gdm", "--loss-plugin=smooth")
    site.remove("acme")
    site.add("acme", PLUGIN, version="3.0")
    answer = eloss("train", "gdm", "--out=run", "--resume", "--steps=4")
    assert answer.code == 3
    assert "2.1" in answer.err
    assert "3.0" in answer.err
    assert eloss("train", "gdm", "--out=run", "--resume", "--steps=4", "--allow-change").code == 0


@pytest.mark.parametrize("trainer", TRAINERS)
def test_an_installed_observer_is_told_every_step(eloss, site, trainer):
    site.add("watcher", OBSERVER)
    steps = journal(eloss, trainer, "--loss-plugin=energy")
    seen = importlib.import_module("watcher").seen
    target = REGISTERED.trainers.find(trainer).load().target
    assert [told[:2] for told in seen] == [(target, 1), (target, 2), (target, 3)]
    assert [told[2] for told in seen] == pytest.approx([step["loss"] for step in steps])
    assert not any(told[3] for told in seen)


@pytest.mark.parametrize("trainer", TRAINERS)
def test_a_folder_of_xyz_files_trains_every_trainer(eloss, trainer):
    molecules = load("bundled-tiny").molecules.subset(range(30))
    Path("mine").mkdir()
    for place in range(30):
        write_molecules(Path("mine", f"{place}.xyz"), molecules.subset([place]))
    words = ("--loss-plugin=energy", "--data=mine", "--steps=3", "--out=run")
    assert eloss("train", trainer, *words, *TINY).code == 0
    assert json.loads(Path("run", "metrics.jsonl").read_text().splitlines()[-1])["step"] == 3


@pytest.mark.slow
def test_real_molecules_train(eloss):
    path = os.environ.get("ELOSS_QM7")
    if not path:
        pytest.skip("ELOSS_QM7 does not name a file of molecules")
    words = ("--loss-plugin=energy", f"--data={path}", "--steps=200", "--out=run", "--log-every=20")
    answer = eloss("train", "gdm", *words, *TINY)
    assert answer.code == 0, answer.err
    lines = map(json.loads, Path("run", "metrics.jsonl").read_text().splitlines())
    errors = [line["error"] for line in lines if line["kind"] == "train"]
    assert errors[-1] < errors[0]


def test_temperature_divides_the_loss(eloss):
    def first(options):
        words = ("--loss-plugin=energy", "--loss-options", options, "--learning-rate=1e-3")
        return [step["position"] for step in journal(eloss, "gdm", *words)]

    assert first("temperature=2") == first("weight=0.5") != first("weight=1")


def test_the_loss_is_the_only_difference_at_the_first_step(eloss):
    """Same seed, same batch, same noise: the error of the network is the same bit for bit."""
    errors = {
        loss: journal(eloss, "gdm", "--loss-plugin", loss)[0]["error"]
        for loss in [*REGISTERED.losses.names(), "none"]
    }
    assert len(set(errors.values())) == 1, errors
