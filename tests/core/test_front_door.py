"""`energy_loss`: names, layouts and options reach the loss."""

import pytest
import torch

from core.batches import SIZES, flat, padded
from eloss_plugins.core import STIFFNESS_LAWS, Bonds, Energy, LossBatch, Pairs, energy_loss


def positions(batch):
    return batch.target + batch.residual, batch.target


@pytest.mark.parametrize("name", STIFFNESS_LAWS)
def test_a_name_is_the_law_of_that_name(name):
    prediction, target = positions(padded())
    by_name = energy_loss(prediction, target, stiffness=name)
    assert torch.equal(by_name, energy_loss(prediction, target, stiffness=STIFFNESS_LAWS[name]()))


def test_any_function_of_pairs_is_a_law():
    prediction, target = positions(padded())

    def power(pairs: Pairs):
        return pairs.distances**-3

    loss = energy_loss(prediction, target, stiffness=power)
    cubed = energy_loss(prediction, target, stiffness=lambda pairs: 2 * power(pairs))
    torch.testing.assert_close(cubed, 2 * loss)


def test_unknown_laws_list_the_known_ones():
    with pytest.raises(ValueError, match="unknown stiffness 'expo'; known: constant, inverse"):
        energy_loss(torch.ones(1, 2, 3), torch.ones(1, 2, 3), stiffness="expo")


def test_flat_batches_count_their_molecules():
    batch, _ = flat(padded())
    prediction, target = positions(batch)
    assert energy_loss(prediction, target, batch=batch.batch).shape == (len(SIZES) - 1,)
    counted = energy_loss(prediction, target, batch=batch.batch, num_molecules=len(SIZES))
    assert counted.shape == (len(SIZES),)


def test_another_number_of_molecules_than_the_padded_ones_is_refused():
    positions = torch.ones(2, 5, 3)
    with pytest.raises(ValueError, match="`num_molecules` must be 2.*got 3. Leave it out"):
        energy_loss(positions, positions, num_molecules=3)


def test_a_flat_batch_of_no_atoms_has_no_molecules():
    nothing = torch.zeros(0, 3)
    assert energy_loss(nothing, nothing, batch=torch.zeros(0, dtype=torch.int64)).shape == (0,)


def test_gaps_in_the_batch_vector_are_empty_molecules():
    target = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    loss = energy_loss(1.1 * target, target, batch=torch.tensor([3, 1, 3, 1]))
    assert loss.eq(0).tolist() == [True, False, True, False]


def test_options_reach_the_loss():
    batch = padded()
    prediction, target = positions(batch)
    options = {"temperature": 2.0, "reduction": "per_atom", "weight": 3.0, "length_scale": 10.0}
    bonds = Bonds(torch.tensor([[0], [1]]), torch.ones(1))
    law = STIFFNESS_LAWS["lennard-jones"](bonded=5.0)
    one = torch.ones(len(SIZES), dtype=torch.float64)
    reference = LossBatch(target, batch.residual, one, one, length_scale=10.0, bonds=bonds)
    expected = Energy(law, temperature=2.0, reduction="per_atom", weight=3.0)(reference)
    loss = energy_loss(prediction, target, stiffness=law, bonds=bonds, **options)
    torch.testing.assert_close(loss, expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", ["tempreature", "maximal_weight"])
def test_options_of_another_name_are_refused_not_ignored(name):
    positions = torch.ones(1, 2, 3)
    with pytest.raises(TypeError, match=f"unknown option `{name}`.*known: temperature, reduction"):
        energy_loss(positions, positions, **{name: 2.0})


def test_normalisation_reaches_the_loss():
    prediction, target = positions(padded())
    stiff = STIFFNESS_LAWS["inverse"](7.0)
    bare, scaled = (
        energy_loss(prediction, target, stiffness=law, normalize="mean_one")
        for law in ("inverse", stiff)
    )
    torch.testing.assert_close(scaled, bare, rtol=1e-12, atol=1e-15)


def test_shapes_that_differ_are_refused_with_both():
    with pytest.raises(ValueError, match=r"got \(1, 8, 3\) and \(4, 8, 3\)"):
        energy_loss(torch.zeros(1, 8, 3), torch.zeros(4, 8, 3))


@pytest.mark.parametrize("dtype", [torch.int64, torch.bool, torch.complex64])
def test_positions_that_are_no_real_numbers_are_refused(dtype):
    with pytest.raises(TypeError, match="`prediction` must be a floating-point tensor"):
        energy_loss(torch.zeros(1, 2, 3, dtype=dtype), torch.zeros(1, 2, 3))


def test_the_target_gets_no_gradient():
    target = torch.randn(1, 4, 3, requires_grad=True)
    prediction = torch.randn(1, 4, 3, requires_grad=True)
    energy_loss(prediction, target).sum().backward()
    assert target.grad is None
    assert prediction.grad is not None
