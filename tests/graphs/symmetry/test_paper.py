"""The paper's symmetrised random graphs."""

import numpy as np
import pytest

from eloss_plugins.graphs.specimens.rings import axis_and_ring
from eloss_plugins.graphs.symmetry import (
    atom_orbits,
    geometric_group,
    paper_symmetrized,
    trivial_group,
)
from tests.graphs.symmetry.structures import as_set, image_of, structure_of


@pytest.mark.parametrize("name", ["cubane", "adamantane", "fullerene"])
def test_invariant_and_every_atom_has_its_partners(name):
    group = geometric_group(structure_of(name))
    edges = paper_symmetrized(group, 6, np.random.default_rng(0))
    assert all(image_of(edges, p) == as_set(edges) for p in group.generators)
    assert np.bincount(edges.ravel(), minlength=group.num_atoms).min() >= 6


def test_without_symmetry_18_atoms_have_89_of_153_pairs_on_average():
    rng = np.random.default_rng(0)
    sizes = [len(paper_symmetrized(trivial_group(18), 6, rng)) for _ in range(300)]
    chance = 1 - (1 - 6 / 17) ** 2
    assert abs(np.mean(sizes) - 153 * chance) < 1
    assert round(153 * chance) == 89


def test_grows_with_the_square_on_axes_and_rings():
    sizes = []
    for corners in (20, 40):
        group = geometric_group(axis_and_ring(corners, corners))
        edges = paper_symmetrized(group, 6, np.random.default_rng(0))
        sizes.append(len(edges) / group.num_atoms)
    assert sizes[1] > 1.6 * sizes[0]


def test_orbits_of_one_atom_draw_for_it():
    group = geometric_group(structure_of("sulphur hexafluoride"))
    edges = paper_symmetrized(group, 2, np.random.default_rng(0))
    assert len(np.unique(atom_orbits(group))) == 2
    assert as_set(edges) >= {(0, k) for k in range(1, 7)}


@pytest.mark.parametrize("num_atoms", [0, 1, 2, 5])
def test_few_atoms_are_complete(num_atoms):
    edges = paper_symmetrized(trivial_group(num_atoms), 6, np.random.default_rng(0))
    assert len(edges) == num_atoms * (num_atoms - 1) // 2
