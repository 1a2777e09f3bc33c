"""PyRigi as a second opinion, where it is installed; its many dependencies keep it out of `dev`."""

import networkx as nx
import numpy as np
import pytest

from eloss_plugins.graphs.rigidity import is_globally_rigid, is_rigid
from tests.graphs.rigidity.graphs import edges_of

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("dimensions", "num_atoms", "low", "high"), [(2, 9, 14, 22), (3, 7, 14, 20)]
)
def test_random_graphs_are_judged_alike(dimensions, num_atoms, low, high):
    pyrigi = pytest.importorskip("pyrigi")
    rng = np.random.default_rng(dimensions)
    for seed in range(8):
        graph = nx.gnm_random_graph(num_atoms, int(rng.integers(low, high)), seed=seed)
        _, edges = edges_of(graph)
        other = pyrigi.Graph(graph)
        assert is_rigid(num_atoms, edges, dimensions) == other.is_rigid(dim=dimensions)
        unique = other.is_globally_rigid(dim=dimensions)
        assert is_globally_rigid(num_atoms, edges, dimensions) == unique
