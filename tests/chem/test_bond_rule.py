"""The distance rule, worked by hand: length of the table plus 10, 5 or 3 picometre."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from molecules_by_hand import (
    at_nan,
    carbon_dioxide,
    methane,
    methyl,
    molecule,
    nothing,
    on_a_line,
    two_waters,
)

from eloss_plugins.chem.bond_table import LENGTHS_PM, THRESHOLDS_PM
from eloss_plugins.chem.bonds import atom_pairs, find_bonds, pair_distances, stable_atoms
from eloss_plugins.data.molecules import Molecule


def order(symbols: str, distance: float) -> int:
    return int(find_bonds(on_a_line(symbols, 0, distance)).matrix()[0, 1])


@pytest.mark.parametrize(
    ("symbols", "within", "expected"),
    [
        ("C C", 1.54 + 0.10, 1),
        ("C C", 1.34 + 0.05, 2),
        ("C C", 1.20 + 0.03, 3),
        ("C N", 1.16 + 0.03, 3),
        ("C O", 1.20 + 0.05, 2),
        ("N N", 1.10 + 0.03, 3),
        ("H C", 1.09 + 0.10, 1),
        ("H H", 0.74 + 0.10, 1),
        ("C S", 1.60 + 0.05, 2),
        ("Cl Si", 2.02 + 0.10, 1),
    ],
)
def test_order_falls_by_a_step_at_the_margin(symbols, within, expected):
    assert order(symbols, within - 1e-4) == expected
    assert order(symbols, within + 1e-4) == expected - 1


def test_order_does_not_depend_on_the_order_of_the_atoms():
    assert order("S C", 1.62) == order("C S", 1.62) == 2


@pytest.mark.parametrize("symbols", ["He He", "H Al", "B B", "C Fe"])
def test_pair_outside_the_table_is_never_bonded(symbols):
    assert order(symbols, 0.5) == 0


def test_thresholds_fall_with_the_order():
    assert (np.diff(THRESHOLDS_PM, axis=0) <= 0).all()
    assert np.array_equal(THRESHOLDS_PM, THRESHOLDS_PM.transpose(0, 2, 1))
    assert (np.diff(LENGTHS_PM[:, 6, 6]) < 0).all()


def test_methane_has_four_single_bonds():
    assert find_bonds(methane()).pairs.tolist() == [[0, 1], [0, 2], [0, 3], [0, 4]]
    assert find_bonds(methane()).orders.tolist() == [1, 1, 1, 1]


def test_carbon_dioxide_has_two_double_bonds():
    assert find_bonds(carbon_dioxide()).matrix().tolist() == [[0, 2, 0], [2, 0, 2], [0, 2, 0]]


def test_methyl_radical_has_an_unstable_carbon_and_stable_hydrogens():
    stable = stable_atoms(methyl(), find_bonds(methyl()))
    assert stable.tolist() == [False, True, True, True]


@pytest.mark.parametrize(
    ("num_bonds", "stable"), [(1, False), (2, False), (3, True), (4, False), (5, True)]
)
def test_phosphorus_is_stable_with_three_or_five_bonds(num_bonds, stable):
    directions = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1]])
    positions = np.vstack([np.zeros(3), 1.44 * directions[:num_bonds]])
    cloud = molecule("P" + " H" * num_bonds, positions)
    assert stable_atoms(cloud, find_bonds(cloud))[0] == stable


def test_atom_with_more_bonds_than_any_valence_is_unstable():
    crowd = Molecule(np.zeros((30, 3)), np.full(30, 6))
    assert not stable_atoms(crowd, find_bonds(crowd)).any()


@pytest.mark.parametrize(
    ("case", "fragments"), [(methane(), 1), (two_waters(), 2), (nothing(), 0), (at_nan(), 2)]
)
def test_fragments_are_counted(case, fragments):
    assert find_bonds(case).num_fragments() == fragments


def test_fragments_of_a_long_chain_listed_in_random_order():
    places = np.random.default_rng(3).permutation(400)
    chain = on_a_line(" ".join(["C"] * 400), *(1.5 * places))
    assert find_bonds(chain).num_fragments() == 1


def test_distances_come_in_the_order_of_the_pairs():
    line = on_a_line("C C C", 0, 1, 3)
    assert atom_pairs(3).tolist() == [[0, 1], [0, 2], [1, 2]]
    assert pair_distances(line.positions).tolist() == [1, 3, 2]


coordinates = st.floats(allow_nan=True, allow_infinity=True, width=64)


@given(positions=arrays(float, st.tuples(st.integers(0, 6), st.just(3)), elements=coordinates))
def test_any_coordinates_give_bonds_and_no_warning(positions):
    cloud = Molecule(positions, np.arange(len(positions)))
    bonds = find_bonds(cloud)
    assert set(bonds.orders.tolist()) <= {1, 2, 3}
    assert stable_atoms(cloud, bonds).shape == (len(positions),)


@given(numbers=st.lists(st.integers(-(2**40), 2**40), max_size=5))
def test_any_atomic_numbers_give_bonds(numbers):
    cloud = Molecule(np.zeros((len(numbers), 3)), np.array(numbers, np.int64))
    assert len(find_bonds(cloud)) <= len(atom_pairs(len(numbers)))
