"""The energy loss does not change under E(d), nor under the symmetries of the molecule."""

import numpy as np
import pytest
import torch

from core.symmetric_molecules import GROUP_ORDERS, automorphisms
from eloss_plugins.core import STIFFNESS_LAWS, Bonds, Energy, LossBatch, energy_loss
from eloss_plugins.equivariance import check_invariance, example_batch, move_both, random_rotations

FLOAT32 = 1e-6
MOLECULES = {molecule.__name__: molecule for molecule in GROUP_ORDERS}


def ideal(name):
    elements, positions = MOLECULES[name]()
    prediction = positions + 0.3 * np.random.default_rng(0).standard_normal(positions.shape)
    return elements, torch.tensor(positions)[None], torch.tensor(prediction)[None]


@pytest.mark.parametrize("dimensions", [1, 2, 3])
@pytest.mark.parametrize("name", STIFFNESS_LAWS)
def test_float32_energy_is_invariant_under_motions_and_reflections(name, dimensions):
    batch = example_batch(dimensions=dimensions, dtype=torch.float32)
    assert check_invariance(Energy(STIFFNESS_LAWS[name]()), batch) < FLOAT32


@pytest.mark.parametrize("name", STIFFNESS_LAWS)
def test_float32_energy_is_invariant_when_data_and_prediction_move(name):
    batch = example_batch(dtype=torch.float32)
    assert check_invariance(Energy(STIFFNESS_LAWS[name]()), batch, move=move_both) < 2 * FLOAT32


def test_rotating_the_prediction_rotates_the_gradient():
    generator = torch.Generator().manual_seed(0)
    target, prediction = torch.randn(2, 1, 7, 3, generator=generator, dtype=torch.float64)
    rotation = random_rotations(1)[0]
    slope = torch.func.grad(lambda p: energy_loss(p, target).sum())
    turned = slope(prediction @ rotation.T)
    torch.testing.assert_close(turned, slope(prediction) @ rotation.T, rtol=1e-12, atol=1e-14)


def test_the_gradient_has_no_net_force_and_no_net_torque():
    generator = torch.Generator().manual_seed(0)
    target, prediction = torch.randn(2, 1, 7, 3, generator=generator)
    slope = torch.func.grad(lambda p: energy_loss(p, target).sum())(prediction)
    torque = torch.linalg.cross(prediction, slope).sum(1)
    assert slope.sum(1).abs().max() < 1e-6 * slope.norm()
    assert torque.abs().max() < 1e-6 * slope.norm() * prediction.norm()


@pytest.mark.parametrize("shift", [1.0, 1e3, 1e6])
def test_translation_far_away_loses_nothing_but_the_digits_of_the_input(shift):
    generator = torch.Generator().manual_seed(0)
    target, prediction = shift + torch.randn(2, 2, 9, 3, generator=generator)
    exact = energy_loss(prediction.double(), target.double())
    assert ((energy_loss(prediction, target) - exact).abs() <= FLOAT32 * exact).all()


def test_translation_by_1000_angstrom_of_representable_positions_changes_nothing():
    grid = torch.randint(-4096, 4096, (2, 2, 9, 3), generator=torch.Generator().manual_seed(0))
    target, prediction = grid / 1024
    moved = energy_loss(prediction + 1000, target + 1000)
    torch.testing.assert_close(moved, energy_loss(prediction, target), rtol=FLOAT32, atol=0)


def test_a_mirror_image_has_equal_energy():
    generator = torch.Generator().manual_seed(0)
    target, prediction = torch.randn(2, 3, 9, 3, generator=generator, dtype=torch.float64)
    mirror = torch.tensor([-1.0, 1.0, 1.0], dtype=torch.float64)
    expected = energy_loss(prediction, target)
    torch.testing.assert_close(
        energy_loss(prediction * mirror, target), expected, rtol=1e-14, atol=0
    )
    assert energy_loss(target * mirror, target).max() < 1e-24


@pytest.mark.parametrize("name", MOLECULES)
def test_the_groups_of_permutations_have_their_textbook_orders(name):
    elements, positions, _ = ideal(name)
    assert len(automorphisms(elements, positions[0].numpy())) == GROUP_ORDERS[MOLECULES[name]]


@pytest.mark.parametrize("law", STIFFNESS_LAWS)
@pytest.mark.parametrize("name", MOLECULES)
def test_energy_is_invariant_under_every_automorphism(name, law):
    elements, target, prediction = ideal(name)
    group = torch.tensor(automorphisms(elements, target[0].numpy()))
    expected = energy_loss(prediction.float(), target.float(), stiffness=law)
    permuted = prediction[0, group].float()
    values = energy_loss(permuted, target.float().expand_as(permuted), stiffness=law)
    assert ((values - expected).abs() <= FLOAT32 * expected).all()


def test_stiff_bonds_keep_the_symmetry_of_the_bond_graph():
    elements, target, prediction = ideal("methane")
    group = torch.tensor(automorphisms(elements, target[0].numpy()))
    index = torch.tensor([[0, 0, 0, 0], [1, 2, 3, 4]])
    loss = Energy(STIFFNESS_LAWS["lennard-jones"](bonded=9.0))
    one = torch.ones(1, dtype=torch.float64)

    def energy(order):
        error = prediction[:, order] - target
        return loss(LossBatch(target, error, one, one, bonds=Bonds(index, torch.ones(4))))

    values = torch.cat([energy(order) for order in group])
    torch.testing.assert_close(values, values[:1].expand_as(values), rtol=1e-12, atol=0)


def test_a_permutation_that_is_no_symmetry_changes_the_energy():
    _, target, prediction = ideal("ethane")
    swapped = [0, 4, 2, 3, 1, 5, 6, 7]
    change = energy_loss(prediction[:, swapped], target) / energy_loss(prediction, target) - 1
    assert change.abs() > 0.01
