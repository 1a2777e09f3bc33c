"""TABASCO with the class in its slot; needs ELOSS_TABASCO, ELOSS_QM7 and its packages."""

import csv
import math
from pathlib import Path

import pytest

from . import checkouts
from .conftest import given, needs

pytestmark = pytest.mark.slow

NEEDS = ("hydra", "lightning", "lmdb", "tensordict", "biotite", "openbabel", "datamol")
SMALL = (
    *("experiment=hot_geom", "trainer=cpu", "+trainer.log_every_n_steps=1", "~logger", "+seed=7"),
    *("trainer.max_epochs=4", "datamodule.batch_size=32", "datamodule.num_workers=0"),
    *("model.num_random_augmentations=1", "model.net.hidden_dim=32", "model.net.num_layers=2"),
    *("model.net.num_heads=4", "lightning_module.optimizer.lr=0.002"),
    *("callbacks.mol_metrics.num_samples=8", "callbacks.mol_metrics.num_sampling_steps=5"),
    *("callbacks.mol_metrics.compute_every=1", "callbacks.posebusters_metrics=null"),
    *("callbacks.save_mols=null", "extras.print_config=false", "+logger.csv.save_dir=csv"),
    "+logger.csv._target_=lightning.pytorch.loggers.CSVLogger",
)
SLOT = (
    "model.interdist_loss={_target_: eloss_plugins.adapters.tabasco.SlotLoss,"
    " time_factor: ${model.coords_interpolant.time_factor}}"
)
GUARD = "+callbacks.step_guard._target_=eloss_plugins.patched.lightning_guard.step_guard"
WITHOUT_MSE = "model.coords_interpolant.loss_weight=0.0"
MSE = SLOT.replace("SlotLoss,", "SlotLoss, loss: mse,")


@pytest.fixture(autouse=True)
def _its_packages():
    needs("TABASCO", *NEEDS)


@pytest.fixture(scope="module")
def tabasco(tmp_path_factory) -> Path:
    checkout = given("ELOSS_TABASCO", "a checkout of TABASCO")
    return checkouts.copied(checkout, tmp_path_factory.mktemp("tabasco") / "tabasco")


@pytest.fixture(scope="module")
def place(tmp_path_factory, qm7) -> Path:
    folder = tmp_path_factory.mktemp("tabasco_work")
    done = checkouts.eloss(folder, "data", "export", "tabasco", str(qm7), "--out", "data")
    assert done.code == 0, done.err
    return folder


def run(place: Path, checkout: Path, *overrides: str) -> checkouts.Run:
    return checkouts.python(place, str(checkout / "src/train.py"), *SMALL, *overrides)


def train(place: Path, checkout: Path, *overrides: str) -> dict[str, list[float]]:
    """The numbers that a short training logs, by name."""
    done = run(place, checkout, *overrides)
    assert done.code == 0, done.err[-2000:]
    newest = max(place.rglob("metrics.csv"), key=lambda path: path.stat().st_mtime)
    rows = list(csv.DictReader(newest.read_text().splitlines()))
    return {name: [float(row[name]) for row in rows if row[name]] for name in rows[0]}


def test_it_trains_and_samples_with_the_energy(place, tabasco):
    before = checkouts.tree_hash(tabasco)
    found = train(place, tabasco, SLOT, WITHOUT_MSE, GUARD)
    losses = found["train/loss_step"]
    assert all(map(math.isfinite, losses))
    assert sum(losses[-10:]) < sum(losses[:10])
    assert found["val/energy_loss"][-1] < found["val/energy_loss"][0]
    assert "val/validity" in found
    assert checkouts.tree_hash(tabasco) == before


def test_the_plugin_mse_trains_as_upstreams_own(place, tabasco):
    """The same number, rounded otherwise."""
    short = "trainer.max_epochs=1"
    ours = train(place, tabasco, MSE, WITHOUT_MSE, short)["train/loss_step"]
    own = train(place, tabasco, short)["train/loss_step"]
    assert ours == pytest.approx(own, rel=1e-3)


@pytest.fixture
def ill_slot(ill, monkeypatch):
    """The slot with a loss that is NaN in the calls from `first` to `last`."""
    monkeypatch.setenv("PYTHONPATH", str(ill))
    return lambda first, last: SLOT.replace(
        "SlotLoss,", f"SlotLoss, loss: ill, options: {{first: {first}, last: {last}}},"
    )


def test_nan_steps_are_left_out_and_training_goes_on(place, tabasco, ill_slot):
    """The average of weights included, with which it validates."""
    found = train(place, tabasco, ill_slot(5, 6), WITHOUT_MSE, GUARD)
    losses = found["train/loss_step"]
    bad = [place for place, loss in enumerate(losses) if not math.isfinite(loss)]
    assert bad == [4, 5]
    assert sum(losses[-10:]) < sum(losses[6:16])
    assert all(map(math.isfinite, found["val/loss"]))


def test_three_nan_steps_in_a_row_are_one_sentence(place, tabasco, ill_slot):
    done = run(place, tabasco, ill_slot(5, 7), WITHOUT_MSE, GUARD)
    assert done.code == 3
    assert "Traceback" not in done.err
    assert "eloss: 3 steps in a row had a gradient that is not finite; stopped" in done.err
