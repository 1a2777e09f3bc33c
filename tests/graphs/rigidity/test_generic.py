import networkx as nx
import numpy as np
import pytest

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.rigid.build import build
from eloss_plugins.graphs.rigid.random_regular import random_regular
from eloss_plugins.graphs.rigidity import generic, is_globally_rigid, is_rigid
from tests.graphs.clouds import cloud
from tests.graphs.rigidity.graphs import KNOWN, edges_of

NAMES = [known[0] for known in KNOWN]


@pytest.fixture(params=["exact", "rounded"])
def arithmetic(request, monkeypatch):
    """Ranks over a finite field, and in double precision, whatever the size."""
    monkeypatch.setattr(generic, "LARGEST_EXACT", 1000 if request.param == "exact" else 0)


@pytest.mark.usefixtures("arithmetic")
@pytest.mark.parametrize(("name", "graph", "dimensions", "rigid", "unique"), KNOWN, ids=NAMES)
def test_known_graphs(name, graph, dimensions, rigid, unique):
    num_atoms, edges = edges_of(graph)
    assert is_rigid(num_atoms, edges, dimensions) is rigid
    assert is_globally_rigid(num_atoms, edges, dimensions) is unique


@pytest.mark.parametrize("seed", range(30))
def test_in_the_plane_as_combinatorics_say(seed):
    # Jackson and Jordan 2005: unique iff 3-connected and redundantly rigid.
    graph = nx.gnm_random_graph(8, int(np.random.default_rng(seed).integers(13, 20)), seed=seed)
    num_atoms, edges = edges_of(graph)
    redundant = all(is_rigid(num_atoms, np.delete(edges, k, axis=0), 2) for k in range(len(edges)))
    expected = redundant and nx.node_connectivity(graph) >= 3
    assert is_globally_rigid(num_atoms, edges, 2) is expected


@pytest.mark.parametrize("seed", range(20))
def test_on_a_line_a_graph_is_unique_without_cut_vertices(seed):
    num_atoms, edges = edges_of(nx.gnm_random_graph(9, 13, seed=seed))
    graph = nx.Graph(edges.tolist())
    graph.add_nodes_from(range(num_atoms))
    assert is_rigid(num_atoms, edges, 1) is nx.is_connected(graph)
    assert is_globally_rigid(num_atoms, edges, 1) is nx.is_biconnected(graph)


@pytest.mark.parametrize("num_atoms", [30, 60, 200])
def test_random_graphs_of_degree_two_d_are_unique_in_general(num_atoms):
    edges = random_regular(num_atoms, 6, np.random.default_rng(0))
    assert is_rigid(num_atoms, edges, 3)
    assert is_globally_rigid(num_atoms, edges, 3)


@pytest.mark.parametrize("num_atoms", [100, 600])
def test_large_graphs_with_a_hinge_bend(num_atoms):
    half = num_atoms // 2
    edges = random_regular(half, 12, np.random.default_rng(0))
    hinged = np.concatenate([edges, edges + half - 2])
    assert not is_rigid(2 * half - 2, hinged, 3)
    assert not is_globally_rigid(2 * half - 2, hinged, 3)


@pytest.mark.parametrize("num_atoms", [100, 600])
def test_large_graphs_with_a_mirror_image_are_rigid_but_not_unique(num_atoms):
    half = num_atoms // 2
    edges = random_regular(half, 12, np.random.default_rng(0))
    mirrored = np.concatenate([edges, edges + half - 3])
    assert is_rigid(2 * half - 3, mirrored, 3)
    assert not is_globally_rigid(2 * half - 3, mirrored, 3)


@pytest.mark.parametrize("seed", range(5))
def test_certified_graphs_are_generically_unique(seed):
    structure = cloud(50, seed)
    assert is_globally_rigid(50, build(structure).edges, 3, seed=seed)


@pytest.mark.parametrize("dimensions", [0, 4])
def test_other_dimensions_are_refused(dimensions):
    with pytest.raises(UsageError, match="dimensions"):
        is_rigid(4, [[0, 1]], dimensions)


@pytest.mark.parametrize("edges", [[[0, 0]], [[0, 4]], [[0.5, 1.0]], [0, 1]])
def test_edges_that_are_none_are_refused(edges):
    with pytest.raises(UsageError, match="edges"):
        is_globally_rigid(4, edges, 3)
