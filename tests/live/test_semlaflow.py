"""The patched SemlaFlow beside the unpatched one; needs ELOSS_SEMLAFLOW and ELOSS_QM7."""

import csv
import math
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from . import checkouts
from .conftest import given, needs

pytestmark = pytest.mark.slow

NEEDS = ("lightning", "openbabel", "torchmetrics", "wandb", "scipy")
SMALL = (
    *("--dataset", "qm9", "--trial_run", "--d_model", "32", "--n_layers", "2"),
    *("--d_message", "16", "--d_edge", "16", "--n_coord_sets", "8", "--n_attn_heads", "4"),
    *("--d_message_hidden", "16", "--size_emb", "8", "--batch_cost", "128"),
    *("--n_validation_mols", "8", "--num_inference_steps", "3", "--warm_up_steps", "10"),
    *("--lr", "1e-3", "--data_path", "smol"),
)
STEPS = 100


@pytest.fixture(autouse=True)
def _its_packages():
    needs("SemlaFlow", *NEEDS)


@pytest.fixture(autouse=True)
def _one_processor() -> Iterator[None]:
    """Upstream starts as many workers as it may use processors, and each draws its own noise."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    yield
    os.sched_setaffinity(0, allowed)


@pytest.fixture(scope="module")
def semlaflow(tmp_path_factory) -> Path:
    checkout = given("ELOSS_SEMLAFLOW", "a checkout of SemlaFlow")
    return checkouts.copied(checkout, tmp_path_factory.mktemp("semla") / "semla-flow")


@pytest.fixture(scope="module")
def patched(tmp_path_factory, semlaflow) -> Path:
    copy = checkouts.copied(str(semlaflow), tmp_path_factory.mktemp("patched") / "semla-flow")
    done = checkouts.eloss(copy.parent, "patch", "apply", "semlaflow", str(copy))
    assert done.code == 0, done.err
    return copy


@pytest.fixture(scope="module")
def place(tmp_path_factory, qm7) -> Path:
    folder = tmp_path_factory.mktemp("semla_work")
    export = ("data", "export", "semlaflow", str(qm7), "--out", "smol")
    done = checkouts.eloss(folder, *export)
    assert done.code == 0, done.err
    return folder


def script(checkout: Path, monkeypatch) -> Path:
    """Upstream's package is not installed; its folder must be on the path."""
    monkeypatch.setenv("PYTHONPATH", str(checkout))
    return checkout / "semlaflow" / "train.py"


def coordinate_losses(place: Path) -> list[float]:
    """Of the last run, as upstream logs them."""
    newest = max(place.rglob("metrics.csv"), key=lambda path: path.stat().st_mtime)
    rows = csv.DictReader(newest.read_text().splitlines())
    return [float(row["train-coord-loss"]) for row in rows if row.get("train-coord-loss")]


@pytest.mark.parametrize("weight", ["own", "paper"])
def test_it_trains_and_samples_with_the_energy(place, patched, monkeypatch, weight):
    flags = ("--loss-plugin", "energy", "--loss-time-weight", weight)
    done = checkouts.python(place, str(script(patched, monkeypatch)), *SMALL, *flags)
    assert done.code == 0, done.err[-2000:]
    assert "trains semlaflow, preset balanced" in done.out
    assert "Training complete." in done.out
    losses = coordinate_losses(place)
    assert all(map(math.isfinite, losses))
    if weight == "own":
        assert sum(losses[-20:]) < 0.7 * sum(losses[:20])


@pytest.mark.parametrize("edges", ["rigid", "sampled"])
def test_it_trains_on_sparse_edges(place, patched, monkeypatch, edges):
    flags = ("--loss-plugin", "energy", "--loss-options", f"preset=balanced,edges={edges}")
    done = checkouts.python(place, str(script(patched, monkeypatch)), *SMALL, *flags)
    assert done.code == 0, done.err[-2000:]
    assert all(map(math.isfinite, coordinate_losses(place)))


@pytest.fixture
def ill_train(place, patched, ill, monkeypatch):
    """Train with a loss that is NaN in some calls, given as options."""

    def train(options: str) -> checkouts.Run:
        path = script(patched, monkeypatch)
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ill), str(patched)]))
        flags = ("--loss-plugin", "ill", "--loss-options", options)
        return checkouts.python(place, str(path), *SMALL, *flags)

    return train


def test_nan_steps_are_left_out_and_training_goes_on(place, ill_train):
    done = ill_train("first=5,last=6")
    assert done.code == 0, done.err[-2000:]
    assert "eloss: left out a step with a gradient that is not finite; 2 so far" in done.out
    losses = coordinate_losses(place)
    assert [place for place, loss in enumerate(losses) if not math.isfinite(loss)] == [4, 5]
    assert sum(losses[-20:]) < 0.7 * sum(losses[6:26])
    newest = max(place.rglob("*.ckpt"), key=lambda path: path.stat().st_mtime)
    weights = torch.load(newest, weights_only=False)["state_dict"]
    assert all(bool(weight.isfinite().all()) for weight in weights.values())


def test_three_nan_steps_in_a_row_are_one_sentence(ill_train):
    done = ill_train("first=5,last=7")
    assert done.code == 3
    assert "Traceback" not in done.err
    assert "eloss: 3 steps in a row had a gradient that is not finite; stopped" in done.err


def test_without_a_plugin_it_is_upstream_bit_for_bit(place, semlaflow, patched, monkeypatch):
    """Weights, losses and random numbers of 100 steps, after the sampling of the first check."""
    small = (*SMALL, "--batch_cost", "64")
    expected = checkouts.traced(place, STEPS, script(semlaflow, monkeypatch), *small)
    ours = (*small, "--loss-plugin", "none")
    assert checkouts.traced(place, STEPS, script(patched, monkeypatch), *ours) == expected
    assert expected.count("\n") == STEPS


def test_revert_gives_every_byte_back(tmp_path, semlaflow):
    copy = checkouts.copied(str(semlaflow), tmp_path / "semla")
    before = checkouts.tree_hash(copy)
    assert checkouts.eloss(tmp_path, "patch", "apply", "semlaflow", "semla").code == 0
    assert checkouts.tree_hash(copy) != before
    assert checkouts.eloss(tmp_path, "patch", "revert", "semlaflow", "semla").code == 0
    assert checkouts.tree_hash(copy) == before


def test_a_wrong_flag_is_one_sentence(place, patched, monkeypatch):
    flags = ("--loss-plugin", "enrgy")
    done = checkouts.python(place, str(script(patched, monkeypatch)), *SMALL, *flags)
    assert done.code == 2
    assert "Traceback" not in done.err
    assert "Did you mean `energy`" in done.err.splitlines()[-1]
