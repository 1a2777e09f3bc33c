import numpy as np
import pytest

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.rigid.build import build
from eloss_plugins.graphs.rigid.random_regular import random_regular
from eloss_plugins.graphs.rigidity import smallest_eigenvalue, stiffness
from eloss_plugins.graphs.structure import Structure
from tests.graphs.clouds import cloud

TRIANGLE = Structure([[0, 0], [1, 0], [0.5, np.sqrt(0.75)]])


def all_pairs(num_atoms):
    return np.stack(np.triu_indices(num_atoms, k=1), axis=1)


def by_hand(structure, edges, weights=None):
    """Smallest eigenvalue on the complement of the complete graph's null space, both by loops."""

    def stiffness_of(pairs, strengths):
        points = structure.positions
        total = np.zeros((points.size, points.size))
        for (i, j), strength in zip(pairs, strengths, strict=True):
            row = np.zeros_like(points)
            row[i] = (points[i] - points[j]) / np.linalg.norm(points[i] - points[j])
            row[j] = -row[i]
            total += strength * np.outer(row, row)
        return total

    complete = all_pairs(structure.num_atoms)
    values, vectors = np.linalg.eigh(stiffness_of(complete, np.ones(len(complete))))
    moving = vectors[:, values > 1e-9]
    strengths = np.ones(len(edges)) if weights is None else weights
    return np.linalg.eigvalsh(moving.T @ stiffness_of(edges, strengths) @ moving)[0]


@pytest.fixture(params=["dense", "sparse"])
def arithmetic(request, monkeypatch):
    if request.param == "sparse":
        monkeypatch.setattr(stiffness, "LARGEST_DENSE", 0)


@pytest.mark.usefixtures("arithmetic")
@pytest.mark.parametrize("dimensions", [1, 2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_as_by_loops(seed, dimensions):
    structure = cloud(20, seed, dimensions)
    edges = build(structure).edges
    weights = np.random.default_rng(seed).uniform(0.1, 1, len(edges))
    found = smallest_eigenvalue(structure, edges, weights)
    assert found == pytest.approx(by_hand(structure, edges, weights), rel=1e-6)


@pytest.mark.usefixtures("arithmetic")
@pytest.mark.parametrize("flat", [[1, 1, 0], [1, 2, 0], [1, 0, 0]])
def test_motions_out_of_a_plane_or_line_do_not_count(flat):
    structure = Structure(cloud(15).positions * flat)
    edges = build(structure).edges
    assert smallest_eigenvalue(structure, edges) == pytest.approx(
        by_hand(structure, edges), rel=1e-6
    )


def test_a_triangle():
    # Breathing has 3, the two shears 3/2.
    assert smallest_eigenvalue(TRIANGLE, all_pairs(3)) == pytest.approx(1.5)


def test_two_atoms():
    assert smallest_eigenvalue(Structure([[0.0, 0, 0], [0, 0, 7]]), [[0, 1]]) == pytest.approx(2)


def test_a_chain_on_a_line():
    structure = Structure(np.arange(10.0)[:, None])
    found = smallest_eigenvalue(structure, [[k, k + 1] for k in range(9)])
    assert found == pytest.approx(2 - 2 * np.cos(np.pi / 10))


@pytest.mark.usefixtures("arithmetic")
def test_what_bends_has_no_stiffness():
    structure = cloud(12)
    assert smallest_eigenvalue(structure, [[k, k + 1] for k in range(11)]) < 1e-12


@pytest.mark.parametrize("num_atoms", [0, 1])
def test_nothing_to_deform_is_infinitely_stiff(num_atoms):
    assert smallest_eigenvalue(cloud(num_atoms), np.zeros((0, 2), int)) == np.inf


def test_length_and_place_do_not_matter():
    structure, edges = cloud(30), build(cloud(30)).edges
    moved = Structure(structure.positions[:, [2, 0, 1]] * 1e3 + 1e4)
    assert smallest_eigenvalue(moved, edges) == pytest.approx(smallest_eigenvalue(structure, edges))


@pytest.mark.slow
def test_large_structures_agree_with_small_ones():
    structure = cloud(125)
    edges = random_regular(125, 8, np.random.default_rng(0))
    assert smallest_eigenvalue(structure, edges) == pytest.approx(
        by_hand(structure, edges), rel=1e-5
    )


@pytest.mark.parametrize("weights", [[1.0], [1.0, -1.0, 1.0], [1.0, np.nan, 1.0]])
def test_weights_that_are_none_are_refused(weights):
    with pytest.raises(UsageError, match="weights"):
        smallest_eigenvalue(TRIANGLE, all_pairs(3), weights)


def test_weights_follow_their_edges_in_any_order():
    edges, weights = all_pairs(6), np.arange(1.0, 16.0)
    turned, shuffled = edges[::-1, ::-1], weights[::-1]
    structure = cloud(6)
    first = smallest_eigenvalue(structure, edges, weights)
    assert smallest_eigenvalue(structure, turned, shuffled) == pytest.approx(first)
