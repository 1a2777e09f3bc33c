"""Graphs of which the literature says what they are."""

import networkx as nx
import numpy as np


def edges_of(graph: nx.Graph) -> tuple[int, np.ndarray]:
    """Number of vertices and edges, numbered from 0."""
    numbered = nx.convert_node_labels_to_integers(graph)
    return len(graph), np.array(numbered.edges(), np.int64).reshape(-1, 2)


def without_an_edge(graph: nx.Graph) -> nx.Graph:
    smaller = graph.copy()
    smaller.remove_edge(*next(iter(graph.edges())))
    return smaller


def double_banana() -> nx.Graph:
    """Two copies of K5 less an edge, joined at the ends of the missing edges."""
    halves = [(0, 1, *three) for three in ((2, 3, 4), (5, 6, 7))]
    graph = nx.Graph((a, b) for half in halves for a in half for b in half if a < b)
    graph.remove_edge(0, 1)
    return graph


BIPARTITE = nx.complete_bipartite_graph

IN_SPACE = {
    "K5,5": (BIPARTITE(5, 5), True, False),
    "K4,6": (BIPARTITE(4, 6), True, False),
    "K5,6": (BIPARTITE(5, 6), True, True),
    "K6,6": (BIPARTITE(6, 6), True, True),
    "K4,5": (BIPARTITE(4, 5), False, False),
    "double banana": (double_banana(), False, False),
    "octahedron": (nx.octahedral_graph(), True, False),
    "icosahedron": (nx.icosahedral_graph(), True, False),
    "cube": (nx.cubical_graph(), False, False),
    "K4": (nx.complete_graph(4), True, True),
    "K4 less an edge": (without_an_edge(nx.complete_graph(4)), False, False),
    "K5": (nx.complete_graph(5), True, True),
    "K5 less an edge": (without_an_edge(nx.complete_graph(5)), True, False),
    "K6 less an edge": (without_an_edge(nx.complete_graph(6)), True, True),
    "circulant 9 (1 2 3)": (nx.circulant_graph(9, [1, 2, 3]), True, True),
    "fourth power of a path": (nx.power(nx.path_graph(9), 4), True, True),
    "third power of a path": (nx.power(nx.path_graph(9), 3), True, False),
}
IN_PLANE = {
    "K3,3": (BIPARTITE(3, 3), True, False),
    "K3,4": (BIPARTITE(3, 4), True, True),
    "K4,4": (BIPARTITE(4, 4), True, True),
    "K2,4": (BIPARTITE(2, 4), False, False),
    "prism": (nx.circular_ladder_graph(3), True, False),
    "wheel": (nx.wheel_graph(6), True, True),
    "square": (nx.cycle_graph(4), False, False),
    "circulant 7 (1 2)": (nx.circulant_graph(7, [1, 2]), True, True),
}
ON_LINE = {
    "path": (nx.path_graph(4), True, False),
    "ring": (nx.cycle_graph(5), True, True),
    "two rings at one vertex": (
        nx.Graph([(0, 1), (1, 2), (2, 0), (0, 3), (3, 4), (4, 0)]),
        True,
        False,
    ),
    "two pieces": (nx.Graph([(0, 1), (2, 3)]), False, False),
}
KNOWN = [
    (f"{name}, D={dimensions}", graph, dimensions, rigid, unique)
    for dimensions, group in ((3, IN_SPACE), (2, IN_PLANE), (1, ON_LINE))
    for name, (graph, rigid, unique) in group.items()
]
"""Name, graph, dimension, whether it is rigid, whether it is globally rigid; generically."""
