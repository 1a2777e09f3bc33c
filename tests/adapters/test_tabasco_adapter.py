"""TABASCO's slot: what it answers, its time weight, its mask and its units."""

from types import SimpleNamespace

import pytest
import torch
from eloss_plugins.adapters.tabasco import SlotLoss, numbers_of, stock_factor
from flows import energies, flow, perturbed
from torch.testing import assert_close


def scene():
    """A flow in halves of angstrom, and a path and a prediction that hold it."""
    given = flow(1, scale=2.0)
    types = torch.nn.functional.one_hot(torch.zeros(given.mask.shape, dtype=torch.int64), 9)
    fixed = {"atomics": types.double(), "padding_mask": ~given.mask}
    path = SimpleNamespace(
        x_1={"coords": given.clean, **fixed}, x_t={"coords": given.noisy, **fixed}, t=given.time
    )
    return given, path, {"coords": perturbed(given.clean), **fixed}


def stock(time: float) -> float:
    """The weight of the stock configuration, worked out for one time."""
    return min(max(1 / (1 - time + 1e-6) ** 2, 0.05), 100.0) if time > 0 else 0.0


def test_the_slot_answers_the_mean_with_upstreams_weight():
    given, path, pred = scene()
    weights = torch.tensor([stock(time) for time in given.time.tolist()], dtype=torch.float64)
    found, stats = SlotLoss(options="preset=paper")(path, pred, False)
    assert_close(found, (weights * energies(given, pred["coords"], 2.0)).mean())
    assert stats == {}


def test_statistics_are_given_where_they_are_wanted():
    _, path, pred = scene()
    found, stats = SlotLoss()(path, pred, True)
    assert stats == {"energy_loss": pytest.approx(found.item())}


def test_the_papers_weight_is_bounded_by_the_least_time_alone():
    given, path, pred = scene()
    found, _ = SlotLoss(options="preset=paper", time_weight="paper")(path, pred, False)
    expected = energies(given, pred["coords"], 2.0) / (1 - given.time) ** 2
    assert_close(found, expected.mean())


def test_another_weight_of_the_configuration_can_be_handed_in():
    given, path, pred = scene()
    found, _ = SlotLoss(options="preset=paper", time_factor=torch.zeros_like)(path, pred, False)
    assert found == 0


def test_the_mean_squared_error_is_upstreams():
    given, path, pred = scene()
    error = (pred["coords"] - given.clean).square() * given.mask.unsqueeze(2)
    own = error.sum((1, 2)) / (3 * given.mask.sum(1)) * stock_factor(given.time)
    assert_close(SlotLoss("mse")(path, pred, False)[0], own.mean())


@pytest.mark.parametrize("time", [0.0, 1e-4, 0.5, 0.899, 0.95, 1.0])
def test_the_stock_weight_is_bounded(time):
    found = stock_factor(torch.tensor([time], dtype=torch.float64))
    assert float(found) == pytest.approx(stock(time), rel=1e-12)


def test_the_slot_is_true():
    """TABASCO asks `if self.interdist_loss`."""
    assert SlotLoss()


def test_columns_become_atomic_numbers():
    assert numbers_of(torch.eye(9).unsqueeze(0)).tolist() == [[6, 7, 8, 9, 16, 17, 35, 53, 0]]
    assert numbers_of(torch.eye(5).unsqueeze(0)) is None


def test_bonds_between_heavy_atoms_are_found():
    _, path, pred = scene()
    assert SlotLoss(options="edges=bonds,stiffness=constant")(path, pred, False)[0] > 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"loss": "enrgy"}, "Unknown loss `enrgy`"),
        ({"loss": "none"}, "model.interdist_loss=null"),
        ({"options": "k=3"}, "Unknown option `k`"),
        ({"time_weight": "papr"}, "must be own or paper"),
    ],
)
def test_a_wrong_configuration_is_one_sentence(capsys, change, words):
    with pytest.raises(SystemExit) as end:
        SlotLoss(**change)
    err = capsys.readouterr().err
    assert end.value.code == 2
    assert words in err
    assert err.count("\n") == 1


def test_options_may_be_a_mapping():
    assert SlotLoss(options={"weight": 2.0}).position_loss.loss.bound.settings["weight"] == 2.0


@pytest.mark.parametrize("statistics", [False, True])
def test_a_first_batch_in_other_units_ends_the_run(capsys, statistics):
    _, path, pred = scene()
    with pytest.raises(SystemExit):
        SlotLoss(length_scale=1.0)(path, pred, statistics)
    assert "must be in angstrom" in capsys.readouterr().err
