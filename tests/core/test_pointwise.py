"""MSE and MAE: plain means over what is there, in every reduction and layout."""

from dataclasses import replace

import pytest
import torch

from core.batches import SIZES, flat, padded
from eloss_plugins.core import Kabsch, Mae, Mse

POWERS = {Mse: 2, Mae: 1}


def totals(batch, power):
    return torch.stack([batch.residual[m, :n].abs().pow(power).sum() for m, n in enumerate(SIZES)])


@pytest.mark.parametrize("layout", ["padded", "flat"])
@pytest.mark.parametrize("loss", POWERS)
@pytest.mark.parametrize(
    ("reduction", "per_atom"), [("sum", 0), ("per_atom", 1), ("mean", 3), ("per_channel", 8)]
)
def test_each_reduction_divides_by_what_it_names(reduction, per_atom, loss, layout):
    batch = padded()
    batch = replace(batch, features=torch.zeros(len(SIZES), 6, 5))
    atoms = torch.tensor(SIZES).clamp_min(1)
    expected = totals(batch, POWERS[loss]) / (atoms * per_atom if per_atom else 1)
    if layout == "flat":
        batch, _ = flat(batch)
    torch.testing.assert_close(loss(reduction=reduction)(batch), expected, rtol=1e-13, atol=0)


@pytest.mark.parametrize("loss", [Mse, Mae])
def test_the_time_weight_is_in_the_residual_already(loss):
    batch = padded()
    other = replace(batch, signal=batch.noise, noise=batch.signal)
    assert torch.equal(loss()(batch), loss()(other))


@pytest.mark.parametrize("loss", [Mse, Mae, Kabsch])
def test_the_weight_multiplies(loss):
    batch = padded()
    torch.testing.assert_close(loss(weight=1.5)(batch), 1.5 * loss()(batch))


@pytest.mark.parametrize("loss", [Mse, Kabsch])
def test_a_clamped_time_weight_caps_the_loss(loss):
    batch = padded()
    weight = (batch.signal / batch.noise) ** 2
    expected = loss()(batch) * (0.5 / weight).clamp_max(1)
    torch.testing.assert_close(loss(maximal_weight=0.5)(batch), expected, rtol=1e-13, atol=0)


def test_mae_of_a_perfect_coordinate_has_no_slope_there():
    batch = padded()
    residual = torch.zeros_like(batch.residual).requires_grad_()
    Mae()(replace(batch, residual=residual)).sum().backward()
    assert residual.grad.eq(0).all()


@pytest.mark.parametrize("loss", [Mse, Mae, Kabsch])
def test_unknown_reductions_are_refused(loss):
    with pytest.raises(ValueError, match="known: sum, per_atom, mean, per_channel"):
        loss(reduction="average")
