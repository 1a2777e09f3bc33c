"""Exact symmetry of approximately symmetric structures."""

import numpy as np
import pytest

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.graphs.symmetry import (
    close_edges,
    geometric_group,
    list_members,
    snap_distances,
    symmetrized_positions,
    topological_group,
)
from eloss_plugins.graphs.symmetry.alignment import orthogonal_fit
from tests.graphs.symmetry.structures import NAMES, distances, shaken, structure_of


def stretch_loss(positions, lengths, edges):
    between = np.linalg.norm(positions[edges[:, 0]] - positions[edges[:, 1]], axis=1)
    return np.sum(np.exp(-lengths) * (between - lengths) ** 2)


@pytest.mark.parametrize("name", NAMES)
def test_symmetrized_distances_are_invariant_and_near(name):
    structure = shaken(structure_of(name), 0.01)
    group = geometric_group(structure)
    snapped = symmetrized_positions(structure, group)
    between = distances(snapped)
    for p in group.generators:
        np.testing.assert_allclose(between[np.ix_(p, p)], between, atol=1e-9)
    assert np.linalg.norm(snapped - structure.positions, axis=1).max() < 0.03


@pytest.mark.parametrize(
    "name", ["allene", "cubane", "cyclohexane", "ammonia", "octatriyne twisted"]
)
def test_symmetrized_positions_are_near_the_mean_over_the_aligned_group(name):
    structure = shaken(structure_of(name), 0.002)
    group = geometric_group(structure)
    offsets = structure.positions - structure.positions.mean(axis=0)
    images = offsets[list_members(group)]
    back = np.swapaxes(orthogonal_fit(np.broadcast_to(offsets, images.shape), images), -1, -2)
    mean = np.mean(images @ np.swapaxes(back, -1, -2), axis=0)
    snapped = symmetrized_positions(structure, group) - structure.positions.mean(axis=0)
    np.testing.assert_allclose(snapped, mean, atol=3e-4)


def test_nearly_planar_molecules_become_planar():
    structure = shaken(structure_of("triphenylene"), 0.01)
    snapped = symmetrized_positions(structure, geometric_group(structure))
    assert np.linalg.svd(snapped - snapped.mean(axis=0), compute_uv=False)[2] < 1e-9


def test_symmetric_positions_stay():
    structure = structure_of("adamantane")
    snapped = symmetrized_positions(structure, geometric_group(structure))
    np.testing.assert_allclose(snapped, structure.positions, atol=1e-12)


def test_groups_that_are_not_of_isometries_are_refused():
    structure = structure_of("ethane staggered")
    with pytest.raises(UsageError, match="not act on these positions by isometries"):
        symmetrized_positions(structure, topological_group(structure))


@pytest.mark.parametrize("find", [geometric_group, topological_group])
def test_a_loss_with_snapped_lengths_is_invariant(find):
    structure = shaken(structure_of("neopentane staggered"), 0.01)
    group = find(structure)
    edges = close_edges(group, np.array([[0, 1], [2, 9], [3, 8]]))
    lengths = snap_distances(structure, group, edges)
    predicted = structure.positions + np.random.default_rng(1).normal(size=(17, 3))
    losses = [stretch_loss(predicted[p], lengths, edges) for p in group.generators]
    np.testing.assert_allclose(losses, stretch_loss(predicted, lengths, edges), rtol=1e-12)


def test_snapped_lengths_are_means_over_the_group():
    structure = shaken(structure_of("benzene"), 0.02)
    group = geometric_group(structure)
    edges = close_edges(group, np.array([[0, 7]]))
    images = list_members(group)[:, [0, 7]]
    mean = distances(structure.positions)[images[:, 0], images[:, 1]].mean()
    np.testing.assert_allclose(snap_distances(structure, group, edges), mean, rtol=1e-12)


def test_edges_that_are_not_invariant_are_refused():
    structure = structure_of("benzene")
    with pytest.raises(UsageError, match="close_edges"):
        snap_distances(structure, geometric_group(structure), [[0, 1]])


@pytest.mark.parametrize("num_atoms", [0, 1, 2, 3])
def test_few_atoms(num_atoms):
    structure = Structure(np.eye(3)[:num_atoms])
    group = geometric_group(structure)
    np.testing.assert_allclose(
        distances(symmetrized_positions(structure, group)), distances(structure.positions)
    )
    assert len(snap_distances(structure, group, np.zeros((0, 2), int))) == 0
