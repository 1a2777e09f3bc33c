import numpy as np
import pytest

from eloss_plugins.graphs.specimens import specimens
from eloss_plugins.report.graph_layout import (
    CLEAR,
    View,
    bend,
    control_of,
    curve_through,
    view_of,
)


def gaps(points):
    first, second = np.triu_indices(len(points), 1)
    return np.linalg.norm(points[first] - points[second], axis=1)


def test_a_planar_molecule_is_seen_as_it_is():
    flat = specimens()["pyrene"].structure.positions
    turned = flat @ np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    assert np.allclose(gaps(view_of(turned).points), gaps(flat))
    assert np.allclose(view_of(turned).depth, 0)


def test_the_long_side_lies_from_left_to_right():
    points = view_of(specimens()["icosane"].structure.positions).points
    assert np.ptp(points[:, 0]) > 4 * np.ptp(points[:, 1])


@pytest.mark.parametrize("name", ["icosane", "neopentane staggered", "cubane", "ethane eclipsed"])
def test_no_atom_hides_another(name):
    assert gaps(view_of(specimens()[name].structure.positions).points).min() > 0.25


@pytest.mark.parametrize("num_atoms", [0, 1, 2])
def test_few_atoms_have_a_view_too(num_atoms):
    view = view_of(np.eye(3)[:num_atoms])
    assert view.points.shape == (num_atoms, 2)
    assert np.isfinite(view.points).all()


@pytest.mark.parametrize("dimensions", [1, 2])
def test_points_of_fewer_dimensions_have_a_view(dimensions):
    points = np.random.default_rng(1).normal(size=(5, dimensions))
    assert np.allclose(gaps(view_of(points).points), gaps(points))


def test_an_edge_that_meets_nobody_is_straight():
    view = View(np.array([[0.0, 0], [2, 0], [1, 3]]), np.zeros(3))
    assert bend(view, 0, 1).tolist() == [1, 0]


def test_an_edge_past_an_atom_bends_around_it():
    view = View(np.array([[0.0, 0], [1.1, 0], [2.2, 0]]), np.zeros(3))
    middle = bend(view, 0, 2)
    assert np.linalg.norm(middle - [1.1, 0]) >= CLEAR


def test_a_curve_goes_through_its_middle():
    start, middle, end = np.array([0.0, 0]), np.array([1.0, 1]), np.array([2.0, 0])
    assert control_of(start, middle, end).tolist() == [1, 2]
    assert curve_through(start, middle, end)[7].tolist() == [1, 1]
