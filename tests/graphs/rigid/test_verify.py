import numpy as np
import pytest

from eloss_plugins.graphs.rigid.build import build
from eloss_plugins.graphs.rigid.certificate import Level
from eloss_plugins.graphs.rigid.random_regular import random_regular
from eloss_plugins.graphs.rigid.verify import verify
from eloss_plugins.graphs.structure import Structure
from tests.graphs.clouds import cloud
from tests.graphs.rigid.exact import is_lateration

TETRAHEDRON = np.array([[0, 0, 0], [2, 0, 0], [0, 2, 0], [0, 0, 2]])
PAIRS = np.array([[i, j] for j in range(4) for i in range(j)])


def ask(points, edges, anchors, order=None):
    order = np.arange(len(points)) if order is None else order
    return verify(Structure(np.asarray(points, float)), edges, order, anchors)


def fifth_atom(place, anchors):
    """A tetrahedron, all joined, and an atom that is anchored at some corners of it."""
    edges = np.concatenate([PAIRS, [[a, 4] for a in anchors]])
    rows = np.full((6, 4), -1)
    rows[4, : len(anchors)] = anchors
    rows[5] = [0, 1, 2, 3]
    points = [*TETRAHEDRON, place, [-1, -2, -3]]
    return points, np.concatenate([edges, [[a, 5] for a in range(4)]]), rows


def test_four_anchors_in_space_fix_an_atom():
    assert ask(*fifth_atom([3, 1, 1], [0, 1, 2, 3])).level == Level.LATERATION


def test_three_anchors_leave_a_mirror_image():
    points, edges, anchors = fifth_atom([3, 1, 1], [0, 1, 2])
    mirrored = np.array(points, float)
    mirrored[4, 2] *= -1
    lengths = [
        np.linalg.norm(p[edges[:, 0]] - p[edges[:, 1]], axis=1)
        for p in (np.array(points), mirrored)
    ]
    np.testing.assert_allclose(*lengths)
    assert ask(points, edges, anchors).level == Level.NONE


def test_four_anchors_in_a_plane_do_not_fix_an_atom_off_it():
    points = [*TETRAHEDRON, [1, 1, 0], [5, 5, 5]]
    edges = [[i, j] for j in range(5) for i in range(j)] + [[0, 5], [1, 5], [2, 5], [4, 5]]
    anchors = np.full((6, 4), -1)
    anchors[4], anchors[5] = [0, 1, 2, 3], [0, 1, 2, 4]
    found = ask(points, edges, anchors)
    assert found.level == Level.NONE
    assert "anchors of atom 5" in found.reason


def test_an_anchor_without_an_edge_is_noticed():
    points, edges, anchors = fifth_atom([3, 1, 1], [0, 1, 2, 3])
    missing = edges[~((edges[:, 0] == 3) & (edges[:, 1] == 4))]
    assert "4 and 3" in ask(points, missing, anchors).reason


def test_an_anchor_that_comes_later_is_noticed():
    points, edges, anchors = fifth_atom([3, 1, 1], [0, 1, 2, 3])
    anchors[4, 0] = 5
    assert "later" in ask(points, edges, anchors).reason


def test_an_order_that_forgets_an_atom_is_noticed():
    points, edges, anchors = fifth_atom([3, 1, 1], [0, 1, 2, 3])
    assert ask(points, edges, anchors, np.array([0, 1, 2, 3, 3, 5])).level == Level.NONE


def test_first_atoms_that_are_not_joined_are_noticed():
    points, edges, anchors = fifth_atom([3, 1, 1], [0, 1, 2, 3])
    assert "joined" in ask(points, edges[1:], anchors).reason


def test_an_edge_of_coincident_atoms_proves_nothing():
    points, edges, anchors = fifth_atom([0, 0, 2], [0, 1, 2, 3])
    assert ask(points, edges, anchors).level == Level.NONE


def test_all_pairs_are_complete_whatever_the_order():
    found = ask(TETRAHEDRON, PAIRS, np.zeros((0, 0)), np.zeros(0))
    assert (found.level, found.smallest_singular) == (Level.COMPLETE, np.inf)


def test_singular_value_is_in_angstrom():
    points = np.array([[0, 0], [3, 0], [0, 3], [3, 3.0]])
    anchors = np.array([[-1] * 3, [0, -1, -1], [0, 1, -1], [0, 1, 2]])
    edges = [[0, 1], [0, 2], [1, 2], [0, 3], [1, 3]]
    plane = ask(points, edges, anchors)
    assert plane.level == Level.NONE
    whole = verify(
        Structure(np.append(points, [[1, 1]], axis=0)),
        [*edges, [2, 3], [0, 4], [1, 4], [2, 4]],
        np.arange(5),
        np.append(anchors, [[0, 1, 2]], axis=0),
    )
    corners = points[:3] - points[:3].mean(axis=0)
    assert whole.smallest_singular == pytest.approx(np.linalg.svd(corners)[1][1])


@pytest.mark.parametrize("seed", range(40))
def test_exact_arithmetic_agrees_on_integer_points(seed):
    rng = np.random.default_rng(seed)
    num_atoms, dimensions = int(rng.integers(5, 9)), int(rng.integers(1, 4))
    points = rng.integers(-1, 2, size=(num_atoms, dimensions))
    all_pairs = random_regular(num_atoms, num_atoms, rng)
    edges = all_pairs[rng.random(len(all_pairs)) < rng.choice([0.8, 0.95])]
    order = rng.permutation(num_atoms)
    apart = {tuple(e) for e in edges.tolist() if (points[e[0]] != points[e[1]]).any()}
    anchors = np.full((num_atoms, num_atoms), -1)
    for turn, atom in enumerate(order):
        earlier = [a for a in order[:turn] if (min(a, atom), max(a, atom)) in apart]
        anchors[atom, : len(earlier)] = earlier
    found = ask(points, edges, anchors, order)
    if found.level < Level.COMPLETE:
        assert found.unique == (points.any() and is_lateration(points, edges, order))


@pytest.mark.parametrize("seed", range(20))
def test_an_edge_taken_from_a_certified_graph_is_missed(seed):
    structure = cloud(30, seed)
    graph = build(structure)
    atom = graph.order[np.random.default_rng(seed).integers(4, 30)]
    gone = np.sort([atom, graph.anchors[atom, 0]])
    rest = graph.edges[(graph.edges != gone).any(axis=1)]
    assert verify(structure, rest, graph.order, graph.anchors).level == Level.NONE
