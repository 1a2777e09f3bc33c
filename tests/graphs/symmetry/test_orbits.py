"""Orbits, by listing groups."""

import numpy as np
import pytest

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.symmetry import (
    atom_orbits,
    close_edges,
    geometric_group,
    list_members,
    pair_orbit,
    pair_orbits,
    topological_group,
    trivial_group,
)
from tests.graphs.symmetry.structures import as_set, image_of, structure_of

CASES = ["benzene", "cubane", "adamantane", "snub cube", "allene", "hydrogen peroxide"]


@pytest.mark.parametrize("name", CASES)
def test_listing_gives_every_member_once(name):
    group = geometric_group(structure_of(name))
    members = list_members(group)
    assert len(members) == len(np.unique(members, axis=0)) == group.order
    assert np.array_equal(members[0], np.arange(group.num_atoms))


def test_listing_refuses_large_groups():
    with pytest.raises(UsageError, match="too large to list"):
        list_members(topological_group(structure_of("icosane")))


@pytest.mark.parametrize("name", CASES)
def test_atom_orbits_are_the_images_of_atoms(name):
    group = geometric_group(structure_of(name))
    labels = atom_orbits(group)
    for atom, images in enumerate(list_members(group).T):
        assert set(np.flatnonzero(labels == labels[atom])) == set(images.tolist())


@pytest.mark.parametrize("name", CASES)
def test_pair_orbit_is_the_images_of_a_pair(name):
    group = geometric_group(structure_of(name))
    images = np.sort(list_members(group)[:, [0, group.num_atoms - 1]], axis=1)
    assert np.array_equal(pair_orbit(group, group.num_atoms - 1, 0), np.unique(images, axis=0))


@pytest.mark.parametrize("name", CASES)
def test_table_of_pair_orbits_agrees_with_single_ones(name):
    group = geometric_group(structure_of(name))
    labels = pair_orbits(group)
    assert np.array_equal(labels, labels.T)
    for other in range(1, group.num_atoms):
        same = np.argwhere(np.triu(labels == labels[0, other]))
        assert np.array_equal(same, pair_orbit(group, 0, other))


def test_numbers_of_pair_orbits_of_large_groups():
    counts = {"neopentane staggered": 7, "adamantane": 20, "fullerene": 23, "icosane": 410}
    for name, pairs in counts.items():
        group = topological_group(structure_of(name))
        labels = pair_orbits(group)
        assert len(np.unique(labels[np.triu_indices(len(labels), 1)])) == pairs


def test_closed_edges_are_invariant_and_no_more_than_needed():
    group = topological_group(structure_of("icosane"))
    edges = close_edges(group, np.array([[0, 9], [30, 4]]))
    assert all(image_of(edges, p) == as_set(edges) for p in group.generators)
    assert as_set(edges) == as_set(pair_orbit(group, 0, 9)) | as_set(pair_orbit(group, 30, 4))


def test_without_symmetry_every_orbit_has_one_member():
    group = trivial_group(5)
    assert np.array_equal(atom_orbits(group), np.arange(5))
    assert np.array_equal(close_edges(group, np.array([[3, 1]])), [[1, 3]])
    assert len(np.unique(pair_orbits(group))) == 15


def test_no_edges_and_no_atoms():
    assert close_edges(trivial_group(4), np.zeros((0, 2), int)).shape == (0, 2)
    assert pair_orbits(trivial_group(0)).shape == (0, 0)
