from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.optimize import least_squares
from scipy.spatial.distance import pdist

from eloss_plugins.graphs.rigid.build import build
from eloss_plugins.graphs.rigid.certificate import Level
from eloss_plugins.graphs.rigid.graph import Kind
from eloss_plugins.graphs.rigid.options import RigidOptions
from eloss_plugins.graphs.rigid.verify import verify
from eloss_plugins.graphs.structure import Structure
from tests.graphs.clouds import chain, cloud, structures
from tests.graphs.rigid.exact import affine_rank, is_lateration

QUICK = settings(max_examples=150, deadline=None)


def same(first, second) -> bool:
    fields = ("edges", "kinds", "order", "anchors")
    return all(np.array_equal(getattr(first, f), getattr(second, f)) for f in fields)


@QUICK
@given(structures())
def test_edges_are_sorted_pairs_of_different_places(structure):
    graph = build(structure)
    edges = graph.edges
    assert (edges[:, 0] < edges[:, 1]).all()
    assert np.array_equal(edges, np.unique(edges, axis=0).reshape(-1, 2))
    assert (structure.positions[edges[:, 0]] != structure.positions[edges[:, 1]]).any(axis=1).all()
    assert (edges.dtype, graph.kinds.dtype, len(graph.kinds)) == (np.int32, np.uint8, len(edges))


@QUICK
@given(structures())
def test_different_atoms_are_always_certified(structure):
    distances = pdist(structure.positions)
    if distances.min(initial=np.inf) > 1e-8 * distances.max(initial=0.0):
        assert build(structure).certificate.unique


@QUICK
@given(structures())
def test_coincident_atoms_are_certified_where_the_others_span_their_place(structure):
    rounded = Structure(np.round(structure.positions), bonds=structure.bonds)
    points = rounded.positions
    copies = [p for p in points if (points == p).all(axis=1).sum() > 1]
    lonely = any(
        affine_rank(points[(points != p).any(axis=1)]) < affine_rank(points) for p in copies
    )
    assert build(rounded).certificate.unique == (not lonely)


@QUICK
@given(structures(largest=9))
def test_the_order_holds_in_exact_arithmetic(structure):
    rounded = Structure(np.round(structure.positions), bonds=structure.bonds)
    graph = build(rounded)
    if graph.certificate.level == Level.LATERATION:
        assert is_lateration(rounded.positions, graph.edges, graph.order)


@pytest.mark.parametrize("seed", range(12))
def test_no_other_shape_is_found_even_in_a_higher_dimension(seed):
    structure = cloud(8, seed, dimensions=2)
    graph = build(structure, RigidOptions(max_local=0, matchings=0))
    first, second = graph.edges.T
    rng = np.random.default_rng(seed)

    def misfit(flat):
        points = flat.reshape(8, 3)
        squared = ((points[first] - points[second]) ** 2).sum(axis=1)
        return squared - ((structure.positions[first] - structure.positions[second]) ** 2).sum(
            axis=1
        )

    for _ in range(4):
        found = least_squares(misfit, rng.normal(size=24) * 3, xtol=1e-14, ftol=1e-14, gtol=1e-14)
        if found.cost < 1e-18:
            np.testing.assert_allclose(
                pdist(found.x.reshape(8, 3)), pdist(structure.positions), atol=1e-4
            )


@pytest.mark.parametrize("dimensions", [1, 2, 3])
@pytest.mark.parametrize("num_atoms", range(7))
def test_few_atoms_are_certified(num_atoms, dimensions):
    graph = build(cloud(num_atoms, 3, dimensions))
    assert graph.certificate.unique
    if num_atoms <= dimensions + 1:
        assert graph.certificate.level == Level.COMPLETE
        assert graph.edges.tolist() == [list(p) for p in combinations(range(num_atoms), 2)]


def test_atoms_in_one_place_have_no_edges_and_no_certificate():
    graph = build(Structure(np.ones((5, 3))))
    assert (graph.num_edges, graph.certificate.level) == (0, Level.NONE)
    assert "coincide" in graph.certificate.reason


def test_two_atoms_at_a_corner_that_only_they_hold_are_refused():
    points = np.array([[0, 0, 0], [2, 0, 0], [0, 2, 0], [0, 0, 2], [0, 0, 2], [1, 1, 0]])
    reason = build(Structure(points)).certificate.reason
    assert "coincides" in reason


@pytest.mark.parametrize(("flat", "rank"), [([1, 0, 0], 1), ([1, 1, 0], 2), ([1, 1, 1e-5], 3)])
def test_rank_is_that_of_the_smallest_flat(flat, rank):
    graph = build(Structure(cloud(30).positions * flat))
    assert (graph.affine_rank, graph.certificate.level) == (rank, Level.LATERATION)


def test_one_atom_off_a_plane_of_many_is_found():
    points = cloud(500).positions * [1, 1, 0]
    points[123, 2] = 0.5
    graph = build(Structure(points))
    assert (graph.affine_rank, graph.certificate.level) == (3, Level.LATERATION)


def test_seeds_decide():
    structure = chain(40)
    assert same(build(structure), build(structure))
    assert not same(build(structure), build(structure, RigidOptions(seed=1)))


def test_bonds_and_angles_come_first():
    graph = build(chain(30))
    core = {tuple(e) for e in graph.edges[graph.kinds == Kind.CORE].tolist()}
    assert core == {(i, i + k) for k in (1, 2) for i in range(30 - k)}


def test_number_of_edges_is_bounded():
    structure = chain(300)
    graph = build(structure)
    core = int((graph.kinds == Kind.CORE).sum())
    assert graph.num_edges <= core + (4 * 300 - 10) + 2 * 300 + 150
    assert graph.num_edges <= 5.5 * 300


def test_scale_and_place_do_not_matter():
    structure = chain(40)
    moved = Structure(structure.positions * 64 + 1024, bonds=structure.bonds)
    assert same(build(structure), build(moved))


def test_verifier_confirms_what_is_returned():
    structure = cloud(60)
    graph = build(structure)
    assert verify(structure, graph.edges, graph.order, graph.anchors) == graph.certificate


@pytest.mark.slow
def test_a_hundred_thousand_atoms():
    assert build(cloud(100_000)).certificate.level == Level.LATERATION
