import networkx as nx
import numpy as np
import pytest

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.rigid.random_regular import random_regular


@pytest.mark.parametrize(
    ("num_atoms", "degree"), [(8, 6), (44, 6), (14, 12), (25, 12), (300, 3), (6, 0)]
)
def test_every_atom_has_the_degree(num_atoms, degree):
    edges = random_regular(num_atoms, degree, np.random.default_rng(0))
    assert (np.bincount(edges.reshape(-1), minlength=num_atoms) == degree).all()
    assert len({tuple(e) for e in edges.tolist()}) == len(edges)


@pytest.mark.parametrize("num_atoms", [0, 1, 2, 5, 7])
def test_few_atoms_are_all_joined(num_atoms):
    edges = random_regular(num_atoms, 6, np.random.default_rng(0))
    assert len(edges) == num_atoms * (num_atoms - 1) // 2


@pytest.mark.parametrize(("num_atoms", "degree"), [(9, 3), (9, 5), (45, 7)])
def test_of_an_odd_number_of_stubs_one_is_left(num_atoms, degree):
    edges = random_regular(num_atoms, degree, np.random.default_rng(0))
    degrees = np.bincount(edges.reshape(-1), minlength=num_atoms)
    assert sorted(degrees) == [degree - 1] + [degree] * (num_atoms - 1)


def test_seeds_decide():
    draw = [random_regular(30, 6, np.random.default_rng(seed)) for seed in (0, 0, 1)]
    assert np.array_equal(draw[0], draw[1])
    assert not np.array_equal(draw[0], draw[2])


def test_all_six_regular_graphs_of_a_kind_appear():
    # The 2-regular graphs of six vertices: 60 hexagons and 10 pairs of triangles.
    rng = np.random.default_rng(0)
    graphs = [nx.Graph(random_regular(6, 2, rng).tolist()) for _ in range(700)]
    hexagons = sum(nx.is_connected(graph) for graph in graphs)
    assert 540 < hexagons < 660


def test_negative_numbers_are_refused():
    with pytest.raises(UsageError, match="0 or more"):
        random_regular(-1, 6, np.random.default_rng(0))
