"""The geometric group: orders from the theory of point groups, brute force, an algebra system."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.specimens import specimens
from eloss_plugins.graphs.specimens.cages import lattice
from eloss_plugins.graphs.specimens.rings import axis_and_ring, polygon
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.graphs.symmetry import geometric_group
from tests.graphs.symmetry.structures import (
    NAMES,
    by_trying_all,
    distances,
    moved,
    shaken,
    structure_of,
)

SMALL_CLOUDS = st.lists(
    st.tuples(*[st.integers(0, 2)] * 3, st.integers(6, 7)), min_size=0, max_size=6
)


@pytest.mark.parametrize("tolerance", [0.005, 0.02, 0.05])
@pytest.mark.parametrize("name", NAMES)
def test_order_of_the_specimens_at_every_tolerance(name, tolerance):
    found = geometric_group(structure_of(name), tolerance)
    assert found.order == specimens()[name].geometric_order


@pytest.mark.parametrize("name", NAMES)
def test_generators_are_isometries_of_equal_elements(name):
    structure = structure_of(name)
    between = distances(structure.positions)
    for p in geometric_group(structure).generators:
        assert np.array_equal(np.sort(p), np.arange(len(p)))
        assert np.array_equal(structure.numbers[p], structure.numbers)
        np.testing.assert_allclose(between[np.ix_(p, p)], between, atol=1e-8)


@pytest.mark.parametrize("name", NAMES)
def test_generators_make_as_many_permutations_as_counted(name):
    combinatorics = pytest.importorskip("sympy.combinatorics")
    found = geometric_group(structure_of(name))
    members = [combinatorics.Permutation(p.tolist()) for p in found.generators]
    assert (combinatorics.PermutationGroup(members).order() if members else 1) == found.order


@pytest.mark.parametrize("name", NAMES)
def test_motions_and_renumbering_do_not_change_the_order(name):
    found = geometric_group(moved(structure_of(name), seed=7))
    assert found.order == specimens()[name].geometric_order


@pytest.mark.parametrize("name", NAMES)
def test_noise_below_the_tolerance_does_not_change_the_order(name):
    found = geometric_group(shaken(structure_of(name), 0.01))
    assert found.order == specimens()[name].geometric_order


@given(SMALL_CLOUDS)
@settings(max_examples=60, deadline=None)
def test_small_clouds_agree_with_trying_all_permutations(rows):
    table = np.array(rows, int).reshape(-1, 4)
    positions, numbers = table[:, :3].astype(float), table[:, 3]
    between = distances(positions)

    def is_kept(p):
        return (numbers[p] == numbers).all() and np.array_equal(between[np.ix_(p, p)], between)

    found = geometric_group(Structure(positions, numbers))
    assert found.order == by_trying_all(len(table), is_kept)


@pytest.mark.parametrize("num_atoms", [3, 4, 5, 12, 57])
def test_polygons_have_two_permutations_a_corner(num_atoms):
    assert geometric_group(polygon(num_atoms)).order == 2 * num_atoms


def test_plane_and_space_give_one_group():
    flat = polygon(7)
    lifted = Structure(np.pad(flat.positions, ((0, 0), (0, 1))), flat.numbers)
    assert geometric_group(lifted).order == geometric_group(flat).order == 14


def test_points_on_a_line_have_the_reversal_alone():
    assert geometric_group(Structure(np.arange(5.0)[:, None])).order == 2
    assert geometric_group(Structure(np.array([[0.0], [1.0], [3.0]]))).order == 1


def test_coincident_atoms_change_places_freely():
    assert geometric_group(Structure(np.zeros((4, 3)))).order == 24
    pairs = np.repeat(np.array([[0.0, 0, 0], [1.5, 0, 0]]), 2, axis=0)
    assert geometric_group(Structure(pairs)).order == 8
    assert geometric_group(Structure(pairs, np.array([6, 1, 1, 6]))).order == 2


def test_elements_break_symmetry():
    assert geometric_group(Structure(polygon(4).positions, np.array([6, 6, 6, 7]))).order == 2


def test_a_lattice_of_a_thousand_sites_is_not_listed():
    found = geometric_group(lattice(10))
    assert (found.order, len(found.generators) <= 6) == (48, True)


def test_long_axes_and_rings():
    assert geometric_group(axis_and_ring(150, 150)).order == 600


@pytest.mark.parametrize("seed", range(8))
def test_borderline_symmetry_still_gives_a_group(seed):
    combinatorics = pytest.importorskip("sympy.combinatorics")
    found = geometric_group(shaken(polygon(12), 0.06, seed), 0.05)
    members = [combinatorics.Permutation(p.tolist()) for p in found.generators]
    assert (combinatorics.PermutationGroup(members).order() if members else 1) == found.order


def test_a_spiral_is_not_taken_for_a_ring():
    angles = 2 * np.pi * np.arange(40) / 40
    radii = 9.0 + 0.04 * np.arange(40)
    spiral = np.column_stack([radii * np.cos(angles), radii * np.sin(angles)])
    assert geometric_group(Structure(spiral)).order == 1


@pytest.mark.parametrize("tolerance", [0.0, -1.0, np.inf, np.nan])
def test_tolerance_must_be_a_length(tolerance):
    with pytest.raises(UsageError, match="positive length"):
        geometric_group(polygon(3), tolerance)
