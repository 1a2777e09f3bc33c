"""Proposition 4.2 of arXiv 2511.02087: E is invariant under E(d) and the data's automorphisms."""

import numpy as np
import pytest
import torch

from core.symmetric_molecules import automorphisms, methane
from eloss_plugins.core import Edges, Energy, LossBatch, energy_loss
from eloss_plugins.core.edges import complete_edges
from eloss_plugins.equivariance import random_rotations

LAWS = ["constant", "exponential", "inverse", "inverse-square"]


def hexagon():
    angles = np.pi / 3 * np.arange(6)
    return "C" * 6, 1.39 * np.stack([np.cos(angles), np.sin(angles)], 1)


def random_molecule():
    return "C" * 8, 1.5 * np.random.default_rng(0).standard_normal((8, 3))


SHAPES = {"hexagon": (hexagon, 12), "methane": (methane, 24), "random": (random_molecule, 1)}


def shape_and_group(name, dtype=torch.float64):
    elements, positions = SHAPES[name][0]()
    group = torch.tensor(automorphisms(elements, positions))
    assert len(group) == SHAPES[name][1]
    prediction = positions + 0.4 * np.random.default_rng(1).standard_normal(positions.shape)
    return torch.tensor(positions).to(dtype), torch.tensor(prediction).to(dtype), group


def moved(positions, improper):
    count, dimensions = len(positions), positions.shape[-1]
    rotation = random_rotations(count, dimensions=dimensions, improper=improper)
    return (positions.double() @ rotation.mT + 1.7).to(positions.dtype)


@pytest.mark.parametrize("improper", [False, True])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 1e-5)])
@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("name", SHAPES)
def test_motions_and_automorphisms_of_either_side_keep_the_energy(
    name, law, dtype, tolerance, improper
):
    shape, prediction, group = shape_and_group(name, dtype)
    energy = energy_loss(prediction[None], shape[None], stiffness=law)
    of_prediction = moved(prediction[group], improper)
    of_shape = moved(shape[group], improper)
    one = energy_loss(of_prediction, shape.expand_as(of_prediction), stiffness=law)
    other = energy_loss(prediction.expand_as(of_shape), of_shape, stiffness=law)
    assert (one / energy - 1).abs().max() < tolerance
    assert (other / energy - 1).abs().max() < tolerance


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("name", SHAPES)
def test_a_permutation_that_is_no_automorphism_changes_the_energy(name, law):
    shape, prediction, group = shape_and_group(name)
    generator = torch.Generator().manual_seed(0)
    others = torch.stack([torch.randperm(len(shape), generator=generator) for _ in range(40)])
    outside = (others[:, None] != group).any(-1).all(-1)
    permuted = prediction[others[outside]]
    energy = energy_loss(prediction[None], shape[None], stiffness=law)
    values = energy_loss(permuted, shape.expand_as(permuted), stiffness=law)
    assert (values / energy - 1).abs().median() > 0.01


def sparse_energy(prediction, shape, weight):
    edges = complete_edges(torch.zeros(6, dtype=torch.int64), 1)
    weighted = Edges(edges.index, weight)
    one = torch.ones(1, dtype=torch.float64)
    return Energy(edges=lambda batch: weighted)(
        LossBatch(shape[None], (prediction - shape)[None], one, one)
    )


def weights_of(group, pairs):
    """Share of the group's images of `pairs` that hold each pair of the complete graph."""
    matrix = torch.zeros(6, 6, dtype=torch.float64)
    for images in group:
        for i, j in pairs:
            matrix[images[i], images[j]] += 1 / len(group)
    edges = complete_edges(torch.zeros(6, dtype=torch.int64), 1)
    first, second = edges.index
    return matrix[first, second] + matrix[second, first]


def test_a_sparse_graph_keeps_the_symmetry_only_when_averaged_over_the_group():
    shape, prediction, group = shape_and_group("hexagon")
    cubic = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 4), (2, 5), (3, 4), (3, 5), (4, 5)]
    raw = weights_of([list(range(6))], cubic)
    averaged = weights_of(group, cubic)
    deviations = []
    for weight in (raw, averaged):
        values = torch.cat([sparse_energy(prediction[g], shape, weight) for g in group])
        deviations.append((values / values[0] - 1).abs().max())
    assert deviations[0] > 0.05
    assert deviations[1] < 1e-12
