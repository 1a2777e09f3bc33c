"""The group of the bond graph: closed forms, brute force, independent programs."""

from math import factorial

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.specimens import specimens
from eloss_plugins.graphs.specimens.branched import dendrimer
from eloss_plugins.graphs.specimens.chains import alkane
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.graphs.symmetry import topological_group
from tests.graphs.symmetry.structures import (
    NAMES,
    as_set,
    by_trying_all,
    image_of,
    moved,
    structure_of,
)

SEEDS = range(12)


def of_graph(graph, numbers=None):
    graph = nx.convert_node_labels_to_integers(graph)
    bonds = np.array(graph.edges, int).reshape(-1, 2)
    return Structure(np.zeros((len(graph), 3)), numbers, bonds)


def random_graph(seed):
    rng = np.random.default_rng(seed)
    kind = seed % 4
    if kind == 0:
        graph = nx.random_labeled_tree(25, seed=seed)
    elif kind == 1:
        graph = nx.random_regular_graph(3, 12, seed=seed)
    elif kind == 2:
        graph = nx.gnp_random_graph(14, 0.15, seed=seed)
    else:
        graph = nx.disjoint_union(*[nx.gnp_random_graph(6, 0.4, seed=seed)] * 2)
    return of_graph(graph, rng.integers(6, 8, len(graph)) if seed % 3 == 0 else None)


@pytest.mark.parametrize("name", NAMES)
def test_order_of_the_specimens(name):
    assert topological_group(structure_of(name)).order == specimens()[name].topological_order


@pytest.mark.parametrize("name", NAMES)
def test_generators_keep_bonds_and_elements(name):
    structure = structure_of(name)
    for p in topological_group(structure).generators:
        assert np.array_equal(structure.numbers[p], structure.numbers)
        assert image_of(structure.bonds, p) == as_set(structure.bonds)


@pytest.mark.parametrize("name", NAMES)
def test_renumbering_does_not_change_the_order(name):
    found = topological_group(moved(structure_of(name), seed=3))
    assert found.order == specimens()[name].topological_order


@pytest.mark.parametrize("seed", SEEDS)
def test_generators_make_as_many_permutations_as_counted(seed):
    combinatorics = pytest.importorskip("sympy.combinatorics")
    found = topological_group(random_graph(seed))
    members = [combinatorics.Permutation(p.tolist()) for p in found.generators]
    assert (combinatorics.PermutationGroup(members).order() if members else 1) == found.order


@pytest.mark.parametrize("seed", SEEDS)
def test_order_agrees_with_nauty(seed):
    pynauty = pytest.importorskip("pynauty")
    structure = random_graph(seed)
    graph = pynauty.Graph(structure.num_atoms)
    for i, j in structure.bonds.tolist():
        graph.connect_vertex(i, [j])
    if structure.numbers is not None:
        kinds = (set(np.flatnonzero(structure.numbers == z).tolist()) for z in (6, 7))
        graph.set_vertex_coloring([kind for kind in kinds if kind])
    _, mantissa, exponent, _, _ = pynauty.autgrp(graph)
    assert topological_group(structure).order == round(mantissa * 10**exponent)


@given(st.integers(1, 6), st.data())
@settings(max_examples=60, deadline=None)
def test_small_graphs_agree_with_trying_all_permutations(num_atoms, data):
    pairs = np.argwhere(np.triu(np.ones((num_atoms, num_atoms)), 1))
    chosen = np.array(data.draw(st.lists(st.booleans(), min_size=len(pairs), max_size=len(pairs))))
    bonds = pairs[chosen.astype(bool)]
    orders = np.array(data.draw(st.lists(st.integers(1, 2), min_size=15, max_size=15)))[
        : len(bonds)
    ]
    matrix = np.zeros((num_atoms, num_atoms), int)
    matrix[bonds[:, 0], bonds[:, 1]] = matrix[bonds[:, 1], bonds[:, 0]] = orders
    structure = Structure(np.zeros((num_atoms, 3)), None, bonds)
    expected = by_trying_all(num_atoms, lambda p: np.array_equal(matrix[np.ix_(p, p)], matrix))
    assert topological_group(structure, orders).order == expected


@pytest.mark.parametrize(
    ("graph", "order"),
    [
        (nx.petersen_graph(), 120),
        (nx.hypercube_graph(5), 2**5 * factorial(5)),
        (nx.complete_graph(9), factorial(9)),
        (nx.complete_bipartite_graph(4, 5), factorial(4) * factorial(5)),
        (nx.path_graph(8), 2),
        (nx.balanced_tree(3, 3), factorial(3) ** 13),
        (nx.icosahedral_graph(), 120),
        (nx.empty_graph(7), factorial(7)),
        (nx.disjoint_union_all([nx.petersen_graph()] * 3), 120**3 * 6),
        (nx.disjoint_union_all([nx.path_graph(2)] * 4), 2**4 * 24),
        (nx.disjoint_union_all([nx.cycle_graph(5)] * 2 + [nx.path_graph(3)]), 10**2 * 2 * 2),
    ],
)
def test_known_graphs(graph, order):
    assert topological_group(of_graph(graph)).order == order


@pytest.mark.parametrize("carbons", [2, 3, 9, 20, 200])
def test_alkanes_in_closed_form(carbons):
    assert topological_group(alkane(carbons)).order == 2 ** (carbons - 1) * 6**2


def test_a_dendrimer_of_many_shells_in_closed_form():
    branch = 1
    for _ in range(4):
        branch = factorial(3) * branch**3
    assert topological_group(dendrimer(5)).order == factorial(4) * branch**4


def test_bond_orders_break_symmetry():
    ring = of_graph(nx.cycle_graph(6))
    alternate = [1 if (i + j) % 4 == 1 or (i, j) == (0, 5) else 2 for i, j in ring.bonds.tolist()]
    assert topological_group(ring).order == 12
    alternate = [1 + (min(i, j) % 2 if j - i == 1 else 1) for i, j in ring.bonds.tolist()]
    assert topological_group(ring, alternate).order == 6


def test_positions_are_not_looked_at():
    benzene = structure_of("benzene")
    anywhere = np.random.default_rng(0).normal(size=benzene.positions.shape)
    assert topological_group(Structure(anywhere, benzene.numbers, benzene.bonds)).order == 12


def test_bonds_are_needed():
    with pytest.raises(UsageError, match="needs `bonds`"):
        topological_group(Structure(np.eye(3)))


@pytest.mark.parametrize("orders", [[1], [1.0] * 6, [[1] * 6]])
def test_bond_orders_are_one_integer_a_bond(orders):
    with pytest.raises(UsageError, match="one integer for each of 6"):
        topological_group(of_graph(nx.cycle_graph(6)), orders)
