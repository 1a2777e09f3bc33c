import numpy as np
import pytest
from molecules_by_hand import at_nan, methane, nothing, on_a_line, together

from eloss_plugins.metrics.geometry import geometry, pair_table


def compare(molecules, reference):
    return geometry(pair_table(together(*molecules)), pair_table(together(*reference)))


def test_a_set_has_no_error_against_itself():
    same = compare([methane()] * 6, [methane()] * 6)
    assert same.distances == 0
    assert same.bond_lengths == 0


def test_longer_bonds_are_off_by_their_stretch():
    found = compare([methane(1.12)] * 7, [methane(1.09)] * 6)
    assert found.by_pair["C-H"].wasserstein == pytest.approx(0.03)
    assert found.by_pair["C-H"].bonds == 28
    assert found.by_pair["C-H"].reference_bonds == 24
    assert found.bond_lengths == pytest.approx(0.03)


def test_distance_error_takes_bonded_and_other_pairs():
    stretched, real = [methane(1.12)], [methane(1.09)]
    angles = 0.03 * np.sqrt(8 / 3)  # H-H distance of a tetrahedron of unit radius is sqrt(8/3)
    assert compare(stretched, real).distances == pytest.approx((4 * 0.03 + 6 * angles) / 10)


def test_mean_over_pairs_is_weighted_by_the_reference():
    real = [on_a_line("C H", 0, 1.09)] * 30 + [on_a_line("O H", 0, 0.96)] * 60
    made = [on_a_line("C H", 0, 1.12)] * 5 + [on_a_line("O H", 0, 0.96)]
    assert compare(made, real).bond_lengths == pytest.approx(0.01)


def test_pair_that_was_never_made_has_no_error_and_is_listed():
    real = [on_a_line("C H", 0, 1.09)] * 30
    found = compare([on_a_line("C C", 0, 1.5)], real)
    assert found.by_pair["C-H"].wasserstein is None
    assert found.bond_lengths is None


def test_pair_too_rare_in_the_reference_is_left_out():
    assert compare([methane()], [methane()]).by_pair == {}


def test_atoms_at_nan_are_left_out_and_the_others_kept():
    assert len(pair_table(together(at_nan())).distances) == 6


def test_nothing_to_compare_is_undefined():
    assert compare([nothing()], [methane()]).distances is None
