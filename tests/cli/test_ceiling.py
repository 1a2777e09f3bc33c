import numpy as np
import pytest
from molecules_by_hand import carbon_dioxide, methane, together, two_waters

from eloss_plugins.cli.comparison.ceiling import ceiling, state_bonds
from eloss_plugins.data.dataset import DataSet
from eloss_plugins.data.perception import with_bonds
from eloss_plugins.metrics import evaluate
from eloss_plugins.report.model import LossRuns, SeedRun


@pytest.fixture
def data() -> DataSet:
    """Real molecules of which one is in pieces, so that its bonds cannot be told."""
    every = together(methane(), methane(1.1), carbon_dioxide(), two_waters())
    splits = {"train": np.array([0]), "valid": np.array([], int), "test": np.array([1, 2, 3])}
    return DataSet("real", every, splits, (1, 6, 8))


def test_real_molecules_are_judged_by_their_bonds_where_runs_are(data):
    rates = ceiling(data, 10, stated=True).rates
    assert (rates["validity"].numerator, rates["validity"].denominator) == (3, 3)
    assert (rates["validity_2d"].numerator, rates["validity_2d"].denominator) == (2, 2)
    assert (rates["novelty_2d"].numerator, rates["novelty_2d"].denominator) == (1, 2)


def test_and_else_by_distances_alone(data):
    assert ceiling(data, 10, stated=False) == evaluate(data.split("test"), data.split("train"))


def test_no_held_out_molecules_have_no_ceiling(data):
    assert ceiling(data, 0, stated=True) is None


def test_a_run_with_rates_of_stated_bonds_tells():
    groups = [
        LossRuns("mse", (SeedRun(0, evaluate(molecules)),))
        for molecules in (together(methane()), with_bonds(together(methane())))
    ]
    assert not state_bonds(groups[:1])
    assert state_bonds(groups)
