"""Random motions are what they claim to be, and the check sees what is and is not invariant."""

import pytest
import torch

from eloss_plugins.core import Energy, Inverse, Kabsch, LossBatch, Mse
from eloss_plugins.equivariance import (
    check_invariance,
    example_batch,
    move_both,
    move_prediction,
    random_motions,
    random_rotations,
)


@pytest.mark.parametrize("improper", [False, True])
@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_rotations_are_orthogonal_with_the_determinant_asked_for(dimensions, improper):
    rotations = random_rotations(20, dimensions=dimensions, improper=improper)
    identity = torch.eye(dimensions, dtype=torch.float64).expand_as(rotations)
    torch.testing.assert_close(rotations @ rotations.mT, identity, rtol=0, atol=1e-14)
    expected = torch.full((20,), -1.0 if improper else 1.0, dtype=torch.float64)
    torch.testing.assert_close(torch.linalg.det(rotations), expected)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_rotations_are_uniform(dimensions):
    rotations = random_rotations(20_000, dimensions=dimensions)
    # Uniform rotations carry a unit vector evenly over the sphere: mean 0, mean square 1 / D.
    assert rotations.mean(0).abs().max() < 0.03
    assert (rotations.square().mean(0) - 1 / dimensions).abs().max() < 0.02


def test_draws_repeat_with_the_seed_and_leave_the_global_state_alone():
    before = torch.random.get_rng_state()
    assert torch.equal(random_rotations(3, seed=5), random_rotations(3, seed=5))
    assert not torch.equal(random_rotations(3, seed=5), random_rotations(3, seed=6))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_moved_prediction_is_the_prediction_moved():
    batch = example_batch()
    motions = random_motions(batch, seed=3)
    ratio = (batch.noise / batch.signal)[:, None, None]
    prediction = batch.target + ratio * batch.residual
    moved = move_prediction(batch, motions)
    expected = torch.einsum("mij,maj->mai", motions.rotation, prediction)
    expected = expected + motions.translation[:, None]
    torch.testing.assert_close(batch.target + ratio * moved.residual, expected)


@pytest.mark.parametrize("dimensions", [1, 2, 3])
@pytest.mark.parametrize("loss", [Energy(), Energy(Inverse(), reduction="mean_pairs")])
def test_energies_are_invariant_under_all_of_e_d(loss, dimensions):
    assert check_invariance(loss, example_batch(dimensions=dimensions)) < 1e-13


def test_kabsch_is_invariant_under_proper_motions_alone():
    assert check_invariance(Kabsch(), improper=False) < 1e-13
    assert check_invariance(Kabsch()) > 0.1


def test_squared_errors_are_invariant_only_when_both_move():
    assert check_invariance(Mse(), move=move_both) < 1e-13
    assert check_invariance(Mse()) > 0.1


def test_a_loss_with_a_preferred_direction_is_found_out():
    def slanted(batch: LossBatch):
        return Energy()(batch) + 1e-3 * batch.clean_residual()[..., 0].abs().sum(-1)

    assert check_invariance(slanted) > 1e-4
