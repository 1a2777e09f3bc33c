"""The loss as an objective: gradient descent on it finds the molecules."""

import pytest
import torch

from eloss_plugins.core import STIFFNESS_LAWS, Energy, Kabsch, LossBatch, Mae, Mse
from eloss_plugins.equivariance import example_batch

CLOSE = 0.05  # angstrom, root mean square over the pairs
LOSSES = {
    **{name: Energy(law()) for name, law in STIFFNESS_LAWS.items()},
    "mse": Mse(),
    "mae": Mae(),
    "kabsch": Kabsch(),
}


def distances(positions):
    """Of all pairs of each molecule, by norms of differences."""
    return (positions.unsqueeze(2) - positions.unsqueeze(1)).norm(dim=-1)


def off(target, found):
    """Root mean square error of the distances."""
    return (distances(found) - distances(target)).square().mean().sqrt()


def descended(loss, steps=300):
    """Eight molecules of nine atoms, and predictions 0.3 angstrom off after descent on `loss`."""
    generator = torch.Generator().manual_seed(0)
    target = 1.5 * torch.randn(8, 9, 3, generator=generator)
    error = (0.3 * torch.randn(8, 9, 3, generator=generator)).requires_grad_()
    optimizer = torch.optim.Adam([error], lr=0.01)
    one = torch.ones(8)
    for _ in range(steps):
        optimizer.zero_grad()
        loss(LossBatch(target, error, one, one)).sum().backward()
        optimizer.step()
    return target, (target + error).detach()


@pytest.mark.parametrize("name", LOSSES)
def test_eight_molecules_are_fitted_within_a_twentieth_of_an_angstrom(name):
    assert off(*descended(LOSSES[name])) < CLOSE


def test_before_descent_they_are_not():
    assert off(*descended(Mse(), steps=0)) > 5 * CLOSE


@pytest.mark.parametrize("name", LOSSES)
def test_no_loss_draws_random_numbers(name):
    batch = example_batch()
    before = torch.get_rng_state()
    LOSSES[name](batch).sum()
    assert torch.equal(torch.get_rng_state(), before)
