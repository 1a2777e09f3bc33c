import numpy as np
import pytest

from eloss_plugins.errors import UsageError
from eloss_plugins.spins.draws import GRID, instance
from eloss_plugins.spins.lattice import Lattice
from eloss_plugins.spins.problem_set import Source

LATTICE = Lattice(4, 4)


def drawn(kind, count=200):
    return Source(Lattice(8, 8), kind, 3, 0, count).couplings()


def test_an_instance_depends_on_seed_and_number_alone():
    alone = instance(LATTICE, "uniform", 5, 12).values
    assert np.array_equal(Source(LATTICE, "uniform", 5, 10, 4).couplings()[2], alone)
    assert not np.array_equal(instance(LATTICE, "uniform", 5, 13).values, alone)
    assert not np.array_equal(instance(LATTICE, "uniform", 6, 12).values, alone)


def test_the_first_couplings_of_seed_0_stay_what_they_are():
    first = instance(LATTICE, "uniform", 0, 0).values[:3] * GRID
    assert first.tolist() == [-6113233.0, -8152603.0, 7343932.0]


def test_uniform_couplings_have_the_moments_of_the_uniform_distribution():
    values = drawn("uniform").ravel()  # 22400 numbers
    assert abs(values.mean()) < 4 * np.sqrt(1 / 3 / values.size)
    assert values.var() == pytest.approx(1 / 3, abs=0.01)
    assert np.abs(values).max() <= 1


def test_uniform_couplings_are_exact_in_single_precision():
    values = drawn("uniform")
    assert np.array_equal(values.astype(np.float32).astype(np.float64), values)


def test_binary_couplings_are_fair():
    values = drawn("binary").ravel()
    assert set(values) == {-1.0, 1.0}
    assert abs(values.mean()) < 4 / np.sqrt(values.size)


def test_unknown_couplings_are_refused():
    with pytest.raises(UsageError, match="uniform, binary"):
        instance(LATTICE, "gaussian", 0, 0)
