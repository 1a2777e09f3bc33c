import numpy as np
import pytest

from eloss_plugins.spins.descent import descended
from eloss_plugins.spins.draws import instance
from eloss_plugins.spins.ground_states import solve
from eloss_plugins.spins.lattice import Lattice


def rises(glass, spins):
    """What turning each spin costs, from whole energies."""
    found = []
    for site in range(glass.num_sites):
        turned = spins.copy()
        turned[site] *= -1
        found.append(float(glass.energy(turned) - glass.energy(spins)))
    return np.array(found)


def slow(glass, spins):
    spins = spins.copy()
    while rises(glass, spins).min() < 0:
        spins[rises(glass, spins).argmin()] *= -1
    return spins


@pytest.mark.parametrize("kind", ["uniform", "binary"])
@pytest.mark.parametrize("boundary", ["open", "periodic"])
def test_it_ends_where_a_slow_descent_ends(boundary, kind):
    lattice = Lattice(5, 4, boundary)
    glasses = [instance(lattice, kind, 3, number) for number in range(6)]
    couplings = np.array([glass.values for glass in glasses])
    start = np.random.default_rng(0).choice([-1, 1], (6, 20))
    found = descended(lattice, couplings, start)
    for glass, before, after in zip(glasses, start, found, strict=True):
        assert after.tolist() == slow(glass, before).tolist()
        assert rises(glass, after).min() >= 0


def test_a_ground_state_stays_and_what_was_given_is_left_alone():
    lattice = Lattice(6, 6)
    glass = instance(lattice, "uniform", 4, 0)
    least = solve(glass, "transfer").spins[None]
    assert descended(lattice, glass.values[None], least).tolist() == least.tolist()
    turned = least * np.where(np.arange(36) == 7, -1, 1)
    given = turned.copy()
    assert descended(lattice, glass.values[None], turned).tolist() == least.tolist()
    assert turned.tolist() == given.tolist()
