import numpy as np

from eloss_plugins.graphs.rigid.cloud import make_cloud
from eloss_plugins.graphs.rigid.core_edges import bonded_edges, near_edges
from eloss_plugins.graphs.structure import Structure


def lattice(side):
    return np.stack(np.meshgrid(*[np.arange(side)] * 3), axis=-1).reshape(-1, 3).astype(float)


def near(points, neighbours=4):
    return near_edges(make_cloud(Structure(points), 1e-9), neighbours)


def test_bonds_and_pairs_with_a_common_neighbour():
    star = np.vstack([np.zeros(3), np.eye(3)])
    cloud = make_cloud(Structure(star), 1e-9)
    bonds = np.array([[0, 1], [0, 2], [0, 3]])
    assert len(bonded_edges(cloud, bonds)) == 6


def test_a_shell_is_taken_whole():
    points = lattice(5)
    centre = int(np.flatnonzero((points == 2).all(axis=1))[0])
    edges = near(points)
    neighbours = edges[(edges == centre).any(axis=1)].sum(axis=1) - centre
    assert {tuple(points[k] - 2) for k in neighbours} == {
        tuple(sign * axis) for axis in np.eye(3) for sign in (1, -1)
    }


def test_near_edges_have_the_symmetry_of_a_cube():
    points = lattice(3)
    turned = points[:, [1, 2, 0]]
    place = [int(np.flatnonzero((points == p).all(axis=1))[0]) for p in turned]
    edges = near(points)
    images = np.sort(np.array(place)[edges], axis=1)
    assert {*map(tuple, edges.tolist())} == {*map(tuple, images.tolist())}


def test_a_centre_takes_its_whole_sphere_or_nothing_of_it():
    rng = np.random.default_rng(0)
    sphere = rng.normal(size=(200, 3))
    sphere /= np.linalg.norm(sphere, axis=1, keepdims=True)
    edges = near(np.vstack([np.zeros(3), sphere]))
    assert (edges == 0).sum() == 0
    assert len(edges) < 5 * 201


def test_nearest_neighbours_are_those_of_brute_force():
    points = np.random.default_rng(1).normal(size=(50, 3))
    distances = np.linalg.norm(points[:, None] - points, axis=-1)
    nearest = np.argsort(distances, axis=1)[:, 1:5]
    wanted = {tuple(sorted((i, int(j)))) for i in range(50) for j in nearest[i]}
    assert wanted <= {*map(tuple, near(points).tolist())}
    assert len(near(points)) <= len(wanted) + 2


def test_coincident_atoms_are_never_an_edge():
    points = np.repeat(np.random.default_rng(0).normal(size=(10, 3)), 3, axis=0)
    edges = near(points)
    assert (points[edges[:, 0]] != points[edges[:, 1]]).any(axis=1).all()
