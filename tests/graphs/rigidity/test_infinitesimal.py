import networkx as nx
import numpy as np
import pytest

from eloss_plugins.graphs.rigid.build import build
from eloss_plugins.graphs.rigid.certificate import Level
from eloss_plugins.graphs.rigid.certify import certify
from eloss_plugins.graphs.rigid.random_regular import random_regular
from eloss_plugins.graphs.rigidity import is_infinitesimally_rigid, is_rigid, rigidity_matrix
from eloss_plugins.graphs.structure import Structure
from tests.graphs.clouds import cloud
from tests.graphs.rigidity.graphs import KNOWN, edges_of


@pytest.mark.parametrize(("name", "graph", "dimensions", "rigid", "unique"), KNOWN)
def test_random_placements_bend_as_almost_all_do(name, graph, dimensions, rigid, unique):
    num_atoms, edges = edges_of(graph)
    if num_atoms > dimensions:
        assert is_infinitesimally_rigid(cloud(num_atoms, 5, dimensions), edges) is rigid


def test_a_prism_of_equal_triangles_bends_though_almost_no_prism_does():
    triangle = np.array([[0, 0], [1, 0], [0.3, 0.8]])
    structure = Structure(np.concatenate([triangle, triangle + [3, 1]]))
    num_atoms, edges = edges_of(nx.circular_ladder_graph(3))
    assert is_rigid(num_atoms, edges, 2)
    assert not is_infinitesimally_rigid(structure, edges)


def test_points_on_a_conic_let_k33_bend():
    angles = np.array([0.1, 1.0, 2.0, 3.0, 4.1, 5.3])
    structure = Structure(np.stack([2 * np.cos(angles), np.sin(angles)], axis=1))
    edges = edges_of(nx.complete_bipartite_graph(3, 3))[1]
    assert not is_infinitesimally_rigid(structure, edges)


def test_the_regular_octahedron_does_not_bend():
    points = np.concatenate([np.eye(3), -np.eye(3)])
    edges = [[i, j] for j in range(6) for i in range(j) if j - i != 3]
    assert is_infinitesimally_rigid(Structure(points), edges)
    assert certify(Structure(points), edges).level == Level.NONE


@pytest.mark.parametrize("seed", range(5))
def test_certified_graphs_do_not_bend(seed):
    structure = cloud(40, seed)
    assert is_infinitesimally_rigid(structure, build(structure).edges)


def test_rows_of_the_matrix_are_unit_directions():
    matrix = rigidity_matrix(np.array([[0.0, 0], [3, 4]]), np.array([[0, 1]])).toarray()
    np.testing.assert_allclose(matrix, [[-0.6, -0.8, 0.6, 0.8]])


def test_rigid_motions_change_no_length():
    structure = cloud(10)
    matrix = rigidity_matrix(structure.positions, random_regular(10, 4, np.random.default_rng(0)))
    turn = np.cross([1.0, 2, 3], structure.positions) + [4, 5, 6]
    np.testing.assert_allclose(matrix @ turn.reshape(-1), 0, atol=1e-12)


def test_random_regular_graphs_are_generic_and_no_more():
    edges = random_regular(40, 6, np.random.default_rng(0))
    assert certify(cloud(40), edges).level == Level.GENERIC


def test_all_pairs_are_complete():
    assert certify(cloud(6), np.stack(np.triu_indices(6, k=1), axis=1)).level == Level.COMPLETE
