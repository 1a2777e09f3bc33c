import numpy as np
import pytest

from eloss_plugins.spins.lattice import Lattice
from eloss_plugins.spins.metrics import judged, measure, random_spins, spins_of
from eloss_plugins.spins.problem_set import ProblemSet, Source

LATTICE = Lattice(2, 2)  # bonds 01 23 02 13


def problems(couplings, spins):
    couplings, spins = np.array(couplings, float), np.array(spins, np.int8)
    i, j = LATTICE.index
    energies = -(couplings * spins[:, i] * spins[:, j]).sum(1)
    return ProblemSet(Source(LATTICE, "uniform", 0, 0, len(spins)), couplings, spins, energies)


FERROMAGNETS = problems([[1, 1, 1, 1], [0.5, 1, 1, 1]], [[1, 1, 1, 1], [1, 1, 1, 1]])


def test_one_wrong_corner_breaks_two_bonds():
    found = judged(FERROMAGNETS, np.array([[-1, 1, 1, 1], [-1, 1, 1, 1]]))
    assert found.gap.tolist() == [4.0, 3.0]  # 2 (1 + 1) and 2 (0.5 + 1)
    assert found.relative.tolist() == [4 / 4, 3 / 3.5]
    assert found.overlap.tolist() == [0.75, 0.75]
    assert found.exact.tolist() == [0, 0]


def test_the_global_sign_does_not_count():
    found = judged(FERROMAGNETS, -FERROMAGNETS.spins)
    assert found.gap.tolist() == [0, 0]
    assert found.overlap.tolist() == [1, 1]
    assert found.exact.tolist() == [1, 1]


def test_another_ground_state_is_exact_whatever_its_overlap():
    free = problems([[1, 1, 0, 0]], [[1, 1, 1, 1]])  # two bonds that do not touch
    found = judged(free, np.array([[1, 1, -1, -1]]))
    assert (found.exact.tolist(), found.overlap.tolist()) == ([1], [0.5])


def test_a_logit_of_zero_is_up():
    assert spins_of(np.array([[-0.1, 0.0, 0.2]])).tolist() == [[-1, 1, 1]]


def test_the_standard_error_has_both_its_parts():
    found = measure([np.array([1.0, 3.0]), np.array([3.0, 5.0])])
    # means of glasses 2 and 4, variance 2; means of seeds 2 and 4, variance 2
    assert (found.mean, found.seeds) == (3.0, (2.0, 4.0))
    assert found.spread == pytest.approx(2**0.5)
    assert found.error == pytest.approx((2 / 2 + 2 / 2) ** 0.5)


def test_one_seed_has_the_error_of_the_glasses():
    found = measure([np.array([1.0, 2.0, 3.0, 6.0])])
    assert found.error == pytest.approx(np.std([1, 2, 3, 6], ddof=1) / 2)


def test_fair_coins_lie_as_far_above_as_the_ground_states_below_zero():
    source = Source(Lattice(8, 8), "uniform", 0, 0, 400)
    lattice, couplings = source.lattice, source.couplings()
    up = np.ones((400, 64), np.int8)
    energies = np.full(400, -46.0)
    chance = judged(ProblemSet(source, couplings, up, energies), random_spins(
        ProblemSet(source, couplings, up, energies), 0))  # fmt: skip
    sigma = np.sqrt(lattice.index.shape[1] / 3 / 400)
    assert chance.gap.mean() == pytest.approx(46, abs=4 * sigma)
