"""Every singular arrangement of atoms has its chosen value and its chosen gradient."""

import pytest
import torch

from eloss_plugins.core import STIFFNESS_LAWS, energy_loss

LAWS = pytest.mark.parametrize("law", STIFFNESS_LAWS)
TARGET = torch.tensor([[[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 2.0, 0.0]]])


def value_and_slope(prediction, target, law="exponential", **options):
    prediction = prediction.detach().clone().requires_grad_()
    loss = energy_loss(prediction, target, stiffness=law, **options)
    (slope,) = torch.autograd.grad(loss.sum(), prediction)
    return loss.detach(), slope


@LAWS
def test_atoms_at_one_place_in_the_prediction_do_not_pull_each_other(law):
    prediction = torch.zeros(1, 2, 3)
    loss, slope = value_and_slope(prediction, TARGET[:, :2], law)
    assert loss.isfinite().all()
    assert loss > 0
    assert slope.eq(0).all()


@LAWS
def test_atoms_at_one_place_in_the_data_carry_no_stiffness(law):
    loss, slope = value_and_slope(TARGET[:, :2], torch.zeros(1, 2, 3), law)
    assert loss.eq(0).all()
    assert slope.eq(0).all()


@LAWS
def test_a_coincident_pair_leaves_the_other_pairs_as_they_are(law):
    target = TARGET[:, [0, 0, 2]]
    prediction = TARGET + 0.1 * torch.arange(9.0).view(1, 3, 3)
    loss, slope = value_and_slope(prediction, target, law)
    others = torch.tensor([[0, 1], [2, 2]])
    alone, alone_slope = value_and_slope(prediction, target, law, edges=others)
    torch.testing.assert_close(loss, alone)
    torch.testing.assert_close(slope, alone_slope)


@LAWS
def test_all_atoms_at_the_origin_cost_nothing(law):
    loss, slope = value_and_slope(torch.zeros(1, 4, 3), torch.zeros(1, 4, 3), law)
    assert loss.eq(0).all()
    assert slope.eq(0).all()


@LAWS
@pytest.mark.parametrize("num_atoms", [0, 1])
def test_molecules_without_pairs_cost_nothing(law, num_atoms):
    prediction = torch.ones(2, num_atoms, 3)
    loss, slope = value_and_slope(prediction, torch.zeros(2, num_atoms, 3), law)
    assert loss.tolist() == [0, 0]
    assert slope.eq(0).all()


@LAWS
def test_no_molecules_have_no_losses(law):
    loss, _ = value_and_slope(torch.zeros(0, 5, 3), torch.zeros(0, 5, 3), law)
    assert loss.shape == (0,)


@LAWS
@pytest.mark.parametrize("reduction", ["sum", "per_atom", "mean_pairs"])
def test_a_fully_masked_molecule_costs_nothing(law, reduction):
    mask = torch.tensor([[True, True, True], [False, False, False]])
    target = TARGET.expand(2, 3, 3)
    loss, slope = value_and_slope(2 * target, target, law, mask=mask, reduction=reduction)
    assert loss[0] > 0
    assert loss[1] == 0
    assert slope[1].eq(0).all()


@pytest.mark.parametrize("gap", [1e-7, 1e-12, 1e-23, 1e-30, 1e-40])
@pytest.mark.parametrize("where", ["prediction", "data"])
def test_nearly_coincident_atoms_pull_no_harder_than_their_stretch(gap, where):
    near = torch.tensor([[[0.0, 0.0, 0.0], [gap, 0.0, 0.0]]])
    far = TARGET[:, :2]
    prediction, target = (near, far) if where == "prediction" else (far, near)
    loss, slope = value_and_slope(prediction, target, "constant")
    assert loss.isfinite().all()
    assert slope.norm(dim=-1).max() <= 2 * (1 + 1e-6)


@pytest.mark.parametrize(
    "target",
    [
        torch.tensor([[[0, 0, 0], [0, 0, 1.16], [0, 0, -1.16]]]),
        torch.tensor([[[0, 0, 0], [0, 0, 1.06], [0, 0, 2.22]]]),
        torch.tensor([[[1.39, 0, 0], [0.695, 1.2, 0], [-0.695, 1.2, 0], [-1.39, 0, 0]]]),
    ],
    ids=["CO2", "HCN", "planar"],
)
@LAWS
def test_lines_and_planes_are_ordinary(target, law):
    loss, slope = value_and_slope(1.1 * target, target, law)
    assert loss > 0
    assert slope.isfinite().all()
    assert slope.any()
