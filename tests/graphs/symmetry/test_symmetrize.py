"""Invariant rigid graphs: invariance edge by edge, certificates, size."""

import os
import subprocess
import sys

import numpy as np
import pytest
from scipy.optimize import least_squares

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.jit import SWITCH
from eloss_plugins.graphs.rigid.build import build
from eloss_plugins.graphs.rigid.graph import Kind
from eloss_plugins.graphs.rigid.options import RigidOptions
from eloss_plugins.graphs.rigid.verify import verify
from eloss_plugins.graphs.specimens.rings import axis_and_ring, polygon
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.graphs.symmetry import (
    geometric_group,
    symmetric,
    symmetrized_positions,
    topological_group,
    trivial_group,
)
from tests.graphs.symmetry.structures import (
    NAMES,
    as_set,
    distances,
    image_of,
    moved,
    shaken,
    structure_of,
)

GROUPS = {"geometry": geometric_group, "topology": topological_group}
MADE = {}


def made(name, mode):
    if (name, mode) not in MADE:
        structure = structure_of(name)
        MADE[name, mode] = symmetric(structure, GROUPS[mode](structure))
    return MADE[name, mode]


def per_atom(graph):
    return graph.num_edges / graph.num_atoms


@pytest.mark.parametrize("mode", GROUPS)
@pytest.mark.parametrize("name", NAMES)
def test_edges_and_their_kinds_are_invariant(name, mode):
    graph = made(name, mode)
    for kind in Kind:
        edges = graph.edges[graph.kinds == kind]
        assert all(image_of(edges, p) == as_set(edges) for p in graph.group.generators)


@pytest.mark.parametrize("mode", GROUPS)
@pytest.mark.parametrize("name", NAMES)
def test_certified_at_the_coordinates_with_few_edges(name, mode):
    graph = made(name, mode)
    assert graph.certificate.unique
    assert per_atom(graph) <= 9


@pytest.mark.parametrize("mode", GROUPS)
@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("axis")])
def test_verify_agrees_where_anchors_span_the_space(name, mode):
    graph = made(name, mode)
    found = verify(structure_of(name), graph.edges, graph.order, graph.anchors)
    assert found.level == graph.certificate.level


@pytest.mark.parametrize("name", NAMES)
def test_edges_are_sorted_pairs_each_once(name):
    edges = made(name, "geometry").edges
    assert (edges[:, 0] < edges[:, 1]).all()
    assert np.array_equal(np.unique(edges, axis=0), edges)


@pytest.mark.parametrize("mode", GROUPS)
@pytest.mark.parametrize("name", NAMES)
def test_bonds_are_edges(name, mode):
    graph = made(name, mode)
    assert as_set(structure_of(name).bonds) <= as_set(graph.edges[graph.kinds == Kind.CORE])


@pytest.mark.parametrize(("matchings", "most"), [(0, 3.5), (1, 4.5)])
def test_size_is_linear_along_the_family_of_axes_and_rings(matchings, most):
    for corners in (20, 40, 150):
        structure = axis_and_ring(corners, corners)
        options = RigidOptions(matchings=matchings)
        graph = symmetric(structure, geometric_group(structure), options)
        assert graph.certificate.unique
        assert per_atom(graph) <= most


@pytest.mark.parametrize("corners", [20, 100, 300])
def test_polygons_need_few_edges_a_corner(corners):
    structure = polygon(corners)
    graph = symmetric(structure, geometric_group(structure))
    assert per_atom(graph) <= 5.0
    assert graph.certificate.smallest_singular > 0.3


@pytest.mark.parametrize("name", ["cubane", "adamantane", "tetraphenylmethane", "fullerene"])
def test_fewer_edges_than_complete(name):
    graph = made(name, "geometry")
    assert graph.num_edges < 0.7 * graph.num_atoms * (graph.num_atoms - 1) / 2


@pytest.mark.parametrize("name", ["cubane", "octatriyne twisted", "cyclohexane"])
def test_edge_lengths_leave_one_shape(name):
    structure, graph = structure_of(name), made(name, "geometry")
    first, second = graph.edges.T
    wanted = np.linalg.norm(structure.positions[first] - structure.positions[second], axis=1)

    def misfit(flat):
        places = flat.reshape(-1, 3)
        return np.linalg.norm(places[first] - places[second], axis=1) - wanted

    rng = np.random.default_rng(0)
    fits = [
        least_squares(
            misfit, structure.positions.ravel() + rng.normal(0, 0.3, structure.positions.size)
        )
        for _ in range(4)
    ]
    exact = [fit.x.reshape(-1, 3) for fit in fits if fit.cost < 1e-16]
    assert exact
    for places in exact:
        np.testing.assert_allclose(distances(places), distances(structure.positions), atol=1e-5)


@pytest.mark.parametrize("name", ["adamantane", "ferrocene staggered", "lattice 4x4x4"])
def test_motions_keep_the_certificate_and_the_size(name):
    structure = moved(structure_of(name), seed=5)
    graph = symmetric(structure, geometric_group(structure))
    assert graph.certificate.unique
    assert per_atom(graph) <= 9


@pytest.mark.parametrize("name", NAMES)
def test_approximately_symmetric_structures_are_certified(name):
    shaky = shaken(structure_of(name), 0.01)
    group = geometric_group(shaky)
    exact = Structure(symmetrized_positions(shaky, group), shaky.numbers, shaky.bonds)
    graph = symmetric(exact, group)
    assert graph.certificate.unique
    assert per_atom(graph) <= 9


def test_without_symmetry_it_is_the_plain_graph():
    structure = structure_of("bromochlorofluoromethane")
    graph = symmetric(structure, trivial_group(5))
    assert np.array_equal(graph.edges, build(structure).edges)


def test_without_bonds_near_neighbours_are_the_core():
    bonded = structure_of("lattice 4x4x4")
    structure = Structure(bonded.positions, bonded.numbers)
    graph = symmetric(structure, geometric_group(structure))
    assert graph.certificate.unique
    assert per_atom(graph) <= 9


def test_coincident_atoms_are_fixed_too():
    corners = np.array([[0.0, 0, 0], [0, 0, 0], [1.5, 0, 0], [0, 1.5, 0], [0, 0, 1.5], [3, 3, 3]])
    structure = Structure(corners)
    graph = symmetric(structure, geometric_group(structure))
    assert graph.certificate.unique


@pytest.mark.parametrize(
    "positions", [np.zeros((0, 3)), np.zeros((1, 3)), np.eye(3)[:2], np.eye(3)]
)
def test_few_atoms_are_complete(positions):
    structure = Structure(positions)
    graph = symmetric(structure, geometric_group(structure))
    assert graph.num_edges == len(positions) * (len(positions) - 1) // 2


@pytest.mark.parametrize("name", ["biphenyl", "cubane", "icosane"])
def test_stiffening_and_random_pairs_can_be_left_out(name):
    structure = structure_of(name)
    options = RigidOptions(max_local=0, matchings=0)
    plain = symmetric(structure, geometric_group(structure), options)
    assert plain.certificate.unique
    assert set(plain.kinds.tolist()) <= {Kind.CORE, Kind.CERTIFICATE}
    assert as_set(plain.edges) < as_set(made(name, "geometry").edges)


def test_random_pairs_stiffen_long_chains():
    structure = structure_of("icosane")
    group = geometric_group(structure)
    without = symmetric(structure, group, RigidOptions(matchings=0))
    softest = [
        softest_mode(structure, edges)
        for edges in (without.edges, made("icosane", "geometry").edges)
    ]
    assert softest[1] > 5 * softest[0]


PRINT_EDGES = """
import hashlib
from eloss_plugins.graphs.specimens import specimens
from eloss_plugins.graphs.symmetry import geometric_group, symmetric
for name in ("cubane", "porphine", "polygon 20", "axis 40 and ring 40", "icosane"):
    structure = specimens()[name].structure
    graph = symmetric(structure, geometric_group(structure))
    parts = (graph.edges, graph.kinds, graph.order, graph.anchors)
    print(name, hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest())
"""


@pytest.mark.slow
def test_compiled_and_plain_loops_give_one_graph():
    answers = []
    for switch in ({}, {SWITCH: "1"}):
        command = [sys.executable, "-c", PRINT_EDGES]
        done = subprocess.run(
            command, env={**os.environ, **switch}, capture_output=True, text=True, check=True
        )
        answers.append(done.stdout)
    assert answers[0] == answers[1] != ""


def softest_mode(structure, edges):
    """Smallest stiffness but for motions of the whole, unit springs."""
    arms = structure.positions[edges[:, 0]] - structure.positions[edges[:, 1]]
    matrix = np.zeros((len(edges), structure.num_atoms, 3))
    matrix[np.arange(len(edges)), edges[:, 0]] = arms / np.linalg.norm(arms, axis=1)[:, None]
    matrix[np.arange(len(edges)), edges[:, 1]] -= matrix[np.arange(len(edges)), edges[:, 0]]
    flat = matrix.reshape(len(edges), -1)
    return np.linalg.eigvalsh(flat.T @ flat)[6]


def test_a_group_of_other_atoms_is_refused():
    with pytest.raises(UsageError, match="permutes 3 atoms"):
        symmetric(structure_of("benzene"), trivial_group(3))
