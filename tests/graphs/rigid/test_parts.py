"""The pieces that a construction is made of, each beside a slow or closed form."""

import numpy as np
import pytest

from eloss_plugins.graphs.rigid.adjacency import are_neighbours, neighbour_lists
from eloss_plugins.graphs.rigid.hull import hull_coordinates, spanning_simplex
from eloss_plugins.graphs.rigid.matchings import random_matchings
from eloss_plugins.graphs.rigid.sites import find_sites
from eloss_plugins.graphs.rigid.springs import SOFTEST, compliance, is_stiff, own_stiffness


def symmetric(seed, size):
    rows = np.random.default_rng(seed).normal(size=(size + 1, size))
    return rows.T @ rows


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("seed", range(5))
def test_compliance_is_that_of_the_inverse(seed, size):
    matrix, direction = symmetric(seed, size), np.random.default_rng(seed).normal(size=size)
    inverse = np.linalg.inv(matrix + SOFTEST * np.eye(size))
    assert compliance(matrix, direction) == pytest.approx(direction @ inverse @ direction)


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("seed", range(5))
def test_stiff_is_what_has_no_smaller_eigenvalue(seed, size):
    matrix = symmetric(seed, size)
    softest = np.linalg.eigvalsh(matrix)[0]
    assert is_stiff(matrix, 0.99 * softest)
    assert not is_stiff(matrix, 1.01 * softest)


def test_own_stiffness_adds_up_unit_directions():
    points = np.array([[0.0, 0], [2, 0], [0, 5]])
    found = own_stiffness(points, np.array([[0, 1], [0, 2]]))
    np.testing.assert_allclose(found, [np.eye(2), np.diag([1, 0]), np.diag([0, 1])])


@pytest.mark.parametrize("copies", [1, 2, 5, 10])
def test_sites_are_those_of_brute_force(copies):
    rng = np.random.default_rng(copies)
    points = np.repeat(rng.normal(size=(20, 3)), copies, axis=0)
    points = rng.permutation(points) + rng.uniform(-1e-12, 1e-12, size=points.shape)
    distances = np.linalg.norm(points[:, None] - points, axis=-1)
    sites, spacing = find_sites(points, 1e-9)
    assert np.array_equal(sites, (distances < 1e-9).argmax(axis=1))
    nearest = np.where(distances > 1e-9, distances, np.inf).min(axis=1)
    assert nearest.min() <= spacing <= nearest.max()


@pytest.mark.parametrize("rank", [0, 1, 2, 3])
def test_coordinates_in_the_flat_keep_all_distances(rank):
    rng = np.random.default_rng(rank)
    points = rng.normal(size=(15, rank)) @ rng.normal(size=(rank, 3)) + [1, 2, 3]
    simplex, heights = spanning_simplex(points, 1e-9)
    inside = hull_coordinates(points, simplex)
    assert (len(simplex), len(heights), inside.shape) == (rank + 1, rank, (15, rank))
    for image in (inside[:, None] - inside, points[:, None] - points):
        np.testing.assert_allclose(
            np.linalg.norm(image, axis=-1),
            np.linalg.norm(points[:, None] - points, axis=-1),
            atol=1e-12,
        )


def test_matchings_touch_every_atom_but_an_odd_one():
    pairs = random_matchings(np.arange(9), 3, np.random.default_rng(0))
    assert len(pairs) == 12
    for matching in pairs.reshape(3, 4, 2):
        assert len(np.unique(matching)) == 8


def test_matchings_leave_out_coincident_atoms():
    assert len(random_matchings(np.zeros(8, np.int64), 2, np.random.default_rng(0))) == 0


def test_neighbour_lists_hold_each_edge_at_both_ends():
    starts, members = neighbour_lists(4, np.array([[0, 1], [0, 2]]))
    assert [members[a:b].tolist() for a, b in zip(starts, starts[1:], strict=False)] == [
        [1, 2],
        [0],
        [0],
        [],
    ]
    assert are_neighbours(starts, members, 2, 0)
    assert not are_neighbours(starts, members, 1, 2)
