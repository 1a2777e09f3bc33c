"""Every method beside brute force; methods beside each other on larger lattices."""

from itertools import product

import numpy as np
import pytest

from eloss_plugins.errors import UsageError
from eloss_plugins.spins.draws import instance
from eloss_plugins.spins.glass import SpinGlass, on_lattice
from eloss_plugins.spins.ground_states import METHODS, default_method, methods, solve
from eloss_plugins.spins.ground_states.milp import energy_step, short_circles
from eloss_plugins.spins.lattice import Lattice

from .oracle import least_energy

SUITED = {
    "open": ("matching", "transfer", "milp"),
    "cylinder": ("transfer", "milp"),
    "periodic": ("seams", "transfer", "milp"),
}
EACH = [(boundary, method) for boundary, found in SUITED.items() for method in found]
KINDS = ("uniform", "binary")
BINARY = [("binary", number) for number in (1, 3, 4, 5)]


def graph(seed, sites=9, share=0.5):
    """A random graph with random couplings."""
    generator = np.random.default_rng(seed)
    index = np.array([(i, j) for i in range(sites) for j in range(i) if generator.random() < share])
    return SpinGlass(sites, index.T, generator.normal(size=len(index)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("boundary", "method"), EACH)
def test_4_x_4_is_as_brute_force_finds(boundary, method, kind):
    for number in range(3):
        glass = instance(Lattice(4, 4, boundary), kind, 11, number)
        found = solve(glass, method)
        assert found.energy == least_energy(16, glass.index, glass.values)
        assert found.energy == glass.energy(found.spins)


@pytest.mark.parametrize("shape", [(3, 5), (5, 3)])
@pytest.mark.parametrize(("boundary", "method"), EACH)
def test_oblong_lattices_are_as_brute_force_finds(boundary, method, shape):
    glass = instance(Lattice(*shape, boundary), "uniform", 12, 0)
    assert solve(glass, method).energy == least_energy(15, glass.index, glass.values)


@pytest.mark.parametrize("shape", [(2, 2), (2, 7), (7, 2)])
@pytest.mark.parametrize("method", SUITED["open"])
def test_narrow_lattices_are_as_brute_force_finds(method, shape):
    glass = instance(Lattice(*shape), "uniform", 13, 0)
    sites = shape[0] * shape[1]
    assert solve(glass, method).energy == least_energy(sites, glass.index, glass.values)


@pytest.mark.parametrize("method", ["transfer", "milp"])
def test_other_graphs_are_as_brute_force_finds(method):
    for seed in range(4):
        glass = graph(seed)
        least = least_energy(glass.num_sites, glass.index, glass.values)
        assert solve(glass, method).energy == pytest.approx(least, abs=1e-12)


@pytest.mark.parametrize(("boundary", "method"), EACH)
def test_couplings_may_be_zero(boundary, method):
    lattice = Lattice(4, 4, boundary)
    values = instance(lattice, "binary", 14, 0).values.copy()
    values[::3] = 0
    found = solve(on_lattice(lattice, values), method)
    assert found.energy == least_energy(16, lattice.index, values)


@pytest.mark.parametrize(("boundary", "method"), EACH)
def test_a_ferromagnet_is_all_alike(boundary, method):
    lattice = Lattice(6, 6, boundary)
    found = solve(on_lattice(lattice, np.ones(lattice.index.shape[1])), method)
    assert found.spins.tolist() == [1] * 36


@pytest.mark.parametrize(("boundary", "method"), EACH)
def test_an_unfrustrated_glass_gives_its_hidden_spins(boundary, method):
    """Mattis: J_ij = |J_ij| s_i s_j has the ground states s and -s."""
    lattice = Lattice(7, 6, boundary)
    hidden = np.random.default_rng(1).choice([-1, 1], lattice.num_sites)
    hidden *= hidden[0]
    strength = np.abs(instance(lattice, "uniform", 15, 0).values)
    i, j = lattice.index
    found = solve(on_lattice(lattice, strength * hidden[i] * hidden[j]), method)
    assert np.array_equal(found.spins, hidden)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_50_open_16_x_16_have_the_same_energy_by_matching_and_transfer(kind):
    for number in range(25 if kind == "binary" else 50):
        glass = instance(Lattice(16, 16), kind, 7, number)
        assert solve(glass, "matching").energy == solve(glass, "transfer").energy


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_25_periodic_8_x_8_have_the_same_energy_along_seams_and_by_transfer(kind):
    for number in range(25):
        glass = instance(Lattice(8, 8, "periodic"), kind, 8, number)
        assert solve(glass, "seams").energy == solve(glass, "transfer").energy


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "number"), [("uniform", 2), ("uniform", 3), *BINARY])
def test_periodic_16_x_16_have_the_same_energy_along_seams_and_by_milp(kind, number):
    glass = instance(Lattice(16, 16, "periodic"), kind, 0, number)
    assert solve(glass, "seams").energy == solve(glass, "milp").energy


@pytest.mark.parametrize(
    ("boundary", "couplings", "step"),
    [
        ("periodic", [1, -1], 4),
        ("open", [1, -1], 2),  # sites on the edge have three bonds
        ("periodic", [3, -3, 9], 12),
        ("periodic", [2, -4], 4),
        ("periodic", [0.5, 1], 0),
        ("periodic", [0], 0),
    ],
)
def test_energies_differ_by_the_step_at_least(boundary, couplings, step):
    lattice = Lattice(3, 3, boundary)
    values = np.resize(np.array(couplings, np.float64), lattice.index.shape[1])
    glass = on_lattice(lattice, values)
    energies = np.unique(glass.energy(np.array(list(product([-1, 1], repeat=9)))))
    assert energy_step(glass) == step
    assert (np.diff(energies) >= step).all()


def test_the_first_spin_is_up():
    for number in range(8):
        assert solve(instance(Lattice(5, 5), "uniform", 16, number)).spins[0] == 1


def test_the_default_is_the_fastest_that_can():
    chosen = {b: default_method(instance(Lattice(5, 5, b), "uniform", 0, 0)) for b in SUITED}
    assert chosen == {"open": "matching", "cylinder": "transfer", "periodic": "seams"}
    assert default_method(graph(0)) == "transfer"


def test_without_pymatching_open_lattices_go_by_transfer(monkeypatch):
    monkeypatch.setattr("eloss_plugins.spins.ground_states.planar.find_spec", lambda _: None)
    assert default_method(instance(Lattice(16, 16), "uniform", 0, 0)) == "transfer"
    assert default_method(instance(Lattice(16, 16, "periodic"), "uniform", 0, 0)) == "milp"
    with pytest.raises(UsageError, match=r"eloss-plugins\[spins\]"):
        solve(instance(Lattice(4, 4), "uniform", 0, 0), "matching")


@pytest.mark.parametrize(
    ("method", "glass", "words"),
    [
        ("transfer", instance(Lattice(22, 22), "uniform", 0, 0), "at most 20 sites.*has 22"),
        ("transfer", instance(Lattice(12, 12, "periodic"), "uniform", 0, 0), "at most 20 sites"),
        ("matching", instance(Lattice(4, 4, "periodic"), "uniform", 0, 0), "open lattices alone"),
        ("seams", instance(Lattice(4, 4), "uniform", 0, 0), "periodic lattices alone"),
        ("matching", graph(0), "lattices alone"),
        ("matching", on_lattice(Lattice(2, 2), np.full(4, 0.1)), "multiples of"),
        ("guessing", graph(0), "known: matching, seams, transfer, milp"),
    ],
)
def test_a_method_says_what_it_cannot_do(method, glass, words):
    with pytest.raises(UsageError, match=words):
        solve(glass, method)


def test_a_wrong_answer_of_a_method_does_not_get_through(monkeypatch):
    class Wrong:
        refusal = staticmethod(lambda glass: None)
        ground_state = staticmethod(lambda glass: np.zeros(16))

    monkeypatch.setattr(methods, "_method", lambda name: Wrong)
    with pytest.raises(UsageError, match=r"\+1 or -1"):
        solve(instance(Lattice(4, 4), "uniform", 0, 0), "matching")


def test_short_circles_of_a_lattice_are_its_plaquettes():
    assert len(list(short_circles(Lattice(6, 7).index))) == 5 * 6
    assert len(list(short_circles(Lattice(5, 6, "periodic").index))) == 5 * 6


def test_short_circles_of_a_complete_graph_are_its_triangles():
    index = np.array([(i, j) for i in range(5) for j in range(i)]).T
    assert len(list(short_circles(index))) == 10


def test_methods_are_files():
    assert set(METHODS) == {"matching", "seams", "transfer", "milp"}
