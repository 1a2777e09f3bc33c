"""The best rotation against an independent library, and what it leaves of the error."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from core.batches import SIZES, flat, gradient, padded
from eloss_plugins.core import Kabsch, LossBatch, proper_rotation
from eloss_plugins.equivariance import check_invariance, example_batch, random_rotations


def slow_loss(target, prediction):
    """Squared error after scipy's best rotation of the centred clouds."""
    x, y = target - target.mean(0), prediction - prediction.mean(0)
    turned = Rotation.align_vectors(y, x)[0].apply(x)
    return ((y - turned) ** 2).sum()


@pytest.mark.parametrize("layout", ["padded", "flat"])
def test_kabsch_equals_scipys_alignment(layout):
    batch = padded(sizes=(7, 5, 4, 4))
    ratio = (batch.noise / batch.signal)[:, None, None]
    prediction = (batch.target + ratio * batch.residual).numpy()
    expected = [
        slow_loss(batch.target[m, :n].numpy(), prediction[m, :n]) / ratio[m].item() ** 2
        for m, n in enumerate((7, 5, 4, 4))
    ]
    given = batch if layout == "padded" else flat(batch)[0]
    torch.testing.assert_close(
        Kabsch(reduction="sum")(given), torch.tensor(expected), rtol=1e-10, atol=0
    )


@pytest.mark.parametrize("dimensions", [1, 2, 3])
@pytest.mark.parametrize("improper", [False, True])
def test_rotations_are_proper_whatever_the_covariance(dimensions, improper):
    covariance = random_rotations(5, dimensions=dimensions, improper=improper)
    rotation = proper_rotation(covariance)
    identity = torch.eye(dimensions, dtype=torch.float64).expand_as(rotation)
    torch.testing.assert_close(rotation @ rotation.mT, identity, rtol=0, atol=1e-14)
    torch.testing.assert_close(torch.linalg.det(rotation), torch.ones(5, dtype=torch.float64))


def test_a_rotated_target_is_found():
    rotation = random_rotations(1)
    target = example_batch().target[:1]
    covariance = (target @ rotation.mT).mT @ target
    torch.testing.assert_close(proper_rotation(covariance), rotation, rtol=0, atol=1e-12)


def test_a_covariance_that_is_not_finite_gives_the_identity_and_spares_the_others():
    covariance = random_rotations(3)
    covariance[1, 0, 0] = float("nan")
    rotation = proper_rotation(covariance)
    assert torch.equal(rotation[1], torch.eye(3, dtype=torch.float64))
    torch.testing.assert_close(rotation[[0, 2]], covariance[[0, 2]], rtol=0, atol=1e-14)


@pytest.mark.parametrize("given", [torch.float32, torch.float64, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("low", [torch.bfloat16, torch.float16])
def test_autocast_changes_no_rotation(given, low):
    covariance = random_rotations(3).to(given)
    plain = proper_rotation(covariance)
    with torch.autocast("cpu", dtype=low):
        assert torch.equal(proper_rotation(covariance), plain)
    assert plain.dtype == torch.promote_types(given, torch.float32)
    exact = proper_rotation(covariance.double())
    torch.testing.assert_close(plain.double(), exact, rtol=0, atol=1e-6)


@pytest.mark.parametrize("layout", ["padded", "flat"])
def test_autocast_changes_no_kabsch_loss(layout):
    batch = padded() if layout == "padded" else flat(padded())[0]
    batch = replace(batch, target=batch.target.float(), residual=batch.residual.float())
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = Kabsch()(batch)
    assert torch.equal(found, Kabsch()(batch))


def test_moving_the_prediction_changes_nothing_and_mirroring_it_does():
    assert check_invariance(Kabsch(), improper=False) < 1e-12
    assert check_invariance(Kabsch()) > 0.1


DEGENERATE = {
    "one place": np.zeros((4, 3)),
    "a line": np.outer([0.0, 1.16, -1.16, 3.0], [0.0, 0.6, 0.8]),
    "a plane": np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0.0]]),
    "a mirror of itself": np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0.0]]),
}


@pytest.mark.parametrize("noise", [0.0, 1e-6, 1.0])
@pytest.mark.parametrize("shape", DEGENERATE)
def test_degenerate_clouds_have_finite_losses_and_gradients(shape, noise):
    target = torch.tensor(DEGENERATE[shape], dtype=torch.float32)[None]
    residual = torch.randn(1, 4, 3, generator=torch.Generator().manual_seed(0))
    batch = LossBatch(target, residual, torch.ones(1), torch.full((1,), noise))
    assert Kabsch()(batch).isfinite().all()
    assert gradient(Kabsch(), batch).isfinite().all()


@pytest.mark.parametrize("shape", DEGENERATE)
def test_degenerate_clouds_turned_have_no_loss(shape):
    target = torch.tensor(DEGENERATE[shape])[None]
    turned = target @ random_rotations(1).mT
    one = torch.ones(1, dtype=torch.float64)
    assert Kabsch()(LossBatch(target, turned - target, one, one)) < 1e-24


def test_without_noise_the_rigid_part_of_the_residual_is_free():
    batch = example_batch()
    batch = replace(
        batch, signal=torch.ones_like(batch.signal), noise=torch.zeros_like(batch.noise)
    )
    axis = torch.tensor([0.3, -0.2, 0.5], dtype=torch.float64).expand_as(batch.target)
    rigid = torch.linalg.cross(axis, batch.target) + 0.7
    assert Kabsch()(replace(batch, residual=rigid)).max() < 1e-12
    torch.testing.assert_close(
        Kabsch()(replace(batch, residual=batch.residual + rigid)),
        Kabsch()(batch),
        rtol=1e-6,
        atol=0,
    )


def test_without_signal_the_residual_is_all_error():
    batch = padded()
    batch = replace(batch, signal=torch.zeros_like(batch.signal))
    for m, n in enumerate(SIZES):
        residual = batch.residual[m, :n]
        centred = (residual - residual.mean(0)).square().sum() if n else torch.tensor(0.0)
        assert Kabsch(reduction="sum")(batch)[m].item() == pytest.approx(centred.item())
