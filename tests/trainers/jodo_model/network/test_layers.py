"""The small parts: joined linear maps, Gaussians, directions, waves, the condition."""

import math

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from eloss_plugins.trainers.jodo_model.network.condition import Condition
from eloss_plugins.trainers.jodo_model.network.gaussian_distances import GaussianDistances
from eloss_plugins.trainers.jodo_model.network.joined_linear import joined, joined_linear
from eloss_plugins.trainers.jodo_model.network.position_update import UnitDirections
from eloss_plugins.trainers.jodo_model.network.time_embedding import LearnedWaves
from eloss_plugins.trainers.jodo_model.state import JointState
from trainers.jodo_model.network.molecules import SMALL, state


@pytest.mark.parametrize("bias", [True, False])
def test_a_joined_map_equals_the_map_of_the_joined(bias):
    torch.manual_seed(0)
    layer = nn.Linear(7, 4, bias=bias)
    rows, pairs = torch.randn(2, 3, 1, 3), torch.randn(2, 3, 3, 4)
    expected = layer(torch.cat([rows.expand(-1, -1, 3, -1), pairs], dim=-1))
    assert_close(joined_linear(layer, rows, pairs), expected)
    chain = nn.Sequential(layer, nn.SiLU())
    assert_close(joined(chain, rows, pairs), nn.functional.silu(expected))


def test_gaussians_are_densities_with_upstreams_pi():
    layer = GaussianDistances(3, 4)
    layer.means.weight.data = torch.tensor([[0.5, 2.0]])
    layer.stds.weight.data = torch.tensor([[1.0, -0.5]])
    found = layer(torch.tensor([[[[1.7]]]]), None).flatten()
    widths = (1.0 + 1e-5, 0.5 + 1e-5)
    values = [
        math.exp(-0.5 * ((1.7 - mean) / width) ** 2) / (math.sqrt(2 * 3.14159) * width)
        for mean, width in zip((0.5, 2.0), widths, strict=True)
    ]
    assert_close(found, torch.tensor([1.7, *values]))


def test_time_scales_and_shifts_the_distance_before_the_gaussians():
    layer = GaussianDistances(2, 4)
    layer.time_mlp[1].weight.data.zero_()
    layer.time_mlp[1].bias.data = torch.tensor([0.5, -2.0])
    squared = torch.full((1, 1, 1, 1), 4.0)
    moved = layer(squared, torch.zeros(1, 4))
    assert_close(moved, layer(torch.full_like(squared, 4.0 * 1.5 - 2.0), None))


def test_directions_have_the_learned_length():
    given = torch.tensor([[3.0, 4.0, 0.0], [0.0, 0.0, -1e-6]])
    expected = 0.01 * torch.tensor([[0.6, 0.8, 0.0], [0.0, 0.0, -1.0]])
    assert_close(UnitDirections()(given), expected)


@pytest.mark.parametrize("length", [0.0, 1e-30, 1e-12, 1e-8, 1e-3])
def test_directions_of_close_atoms_have_a_finite_gradient(length):
    given = torch.tensor([length, 0.0, 0.0], requires_grad=True)
    UnitDirections()(given).sum().backward()
    assert given.grad.isfinite().all()


def test_atoms_at_one_place_have_neither_direction_nor_gradient():
    given = torch.zeros(2, 3, requires_grad=True)
    direction = UnitDirections()(given)
    direction.sum().backward()
    assert direction.abs().max() == 0
    assert given.grad.abs().max() == 0


def test_waves_are_the_level_its_sines_and_its_cosines():
    waves = LearnedWaves()
    waves.weights.data = torch.linspace(0.0, 0.7, 8)
    found = waves(torch.tensor([0.3]))[0].tolist()
    phases = [2 * math.pi * 0.3 * 0.1 * k for k in range(8)]
    assert found == pytest.approx([0.3, *map(math.sin, phases), *map(math.cos, phases)], abs=1e-6)


def test_the_condition_tells_bonded_and_near_atoms():
    noisy = state(1)
    positions = torch.tensor([[0.0, 0, 0], [1.0, 1, 0], [1.5, 0, 0]]).double()
    atoms = torch.cat([positions, torch.zeros(3, 4).double()], dim=-1).unsqueeze(0)
    bonds = torch.full((1, 3, 3, 2), -1.0).double()
    bonds[0, 0, 1, 0] = 0.0
    found = Condition.of(JointState(atoms, bonds), noisy, SMALL).adjacency
    assert found[0, 0].tolist() == [[0, 1], [1, 1], [0, 0]]  # squared distances 0, 2, 2.25


def test_no_condition_is_zeros_with_everyone_adjacent():
    given = Condition.of(None, state(1), SMALL)
    assert given.state.atoms.abs().max() == 0
    assert given.squared.abs().max() == 0
    assert given.adjacency.min() == 1
