"""Entropies against sums in a hundred digits, and at every end of the numbers."""

import math
from decimal import Decimal, localcontext

import pytest
import torch

from eloss_plugins.core.discrete.entropy import log_softmax, spin_entropy, state_entropy

LOGITS = (0.0, 1e-8, 0.3, -2.0, 17.0, -25.0, 60.0, -300.0, 700.0)
SATURATED = (1e4, -1e4, math.inf, -math.inf)


def exact(logit):
    """The textbook sum with a thousand digits."""
    with localcontext(prec=1000):
        up = 1 / (1 + (-Decimal(logit)).exp())
        return float(-up * up.ln() - (1 - up) * (1 - up).ln()), float(
            -Decimal(logit) * up * (1 - up)
        )


@pytest.mark.parametrize("logit", LOGITS)
def test_value_and_slope_have_all_their_digits(logit):
    given = torch.tensor(logit, dtype=torch.float64, requires_grad=True)
    entropy = spin_entropy(given)
    (slope,) = torch.autograd.grad(entropy, given)
    value, pull = exact(logit)
    assert entropy.item() == pytest.approx(value, rel=1e-12, abs=0)
    assert slope.item() == pytest.approx(pull, rel=1e-12, abs=1e-16)


def test_the_middle_is_log_2_and_flat_with_the_right_curvature():
    def at(z):
        return spin_entropy(z)

    zero = torch.zeros((), dtype=torch.float64)
    assert at(zero).item() == math.log(2)
    assert torch.func.grad(at)(zero) == 0
    assert torch.func.grad(torch.func.grad(at))(zero).item() == pytest.approx(-0.25, rel=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("logit", SATURATED)
def test_saturated_spins_have_none_and_pull_nowhere(logit, dtype):
    given = torch.tensor(logit, dtype=dtype, requires_grad=True)
    entropy = spin_entropy(given)
    assert entropy == 0
    assert torch.autograd.grad(entropy, given)[0] == 0


def test_nan_stays_visible():
    assert spin_entropy(torch.tensor(math.nan)).isnan()
    assert state_entropy(log_softmax(torch.tensor([math.nan, 0.0]))).isnan()


@pytest.mark.parametrize("logit", LOGITS)
def test_two_states_are_a_spin(logit):
    logits = torch.tensor([0.0, logit], dtype=torch.float64)
    found = state_entropy(log_softmax(logits)).item()
    assert found == pytest.approx(exact(logit)[0], rel=1e-12, abs=1e-14)


def test_a_forbidden_state_adds_nothing():
    logits = torch.tensor([0.5, -math.inf, 1.5], requires_grad=True)
    entropy = state_entropy(log_softmax(logits))
    (slope,) = torch.autograd.grad(entropy, logits)
    assert entropy.item() == pytest.approx(exact(1.0)[0], rel=1e-6)
    assert slope.tolist() == pytest.approx([-exact(1.0)[1], 0, exact(1.0)[1]], rel=1e-5)


@pytest.mark.parametrize("large", [1e4, 1e38, math.inf])
def test_a_state_may_take_all_the_probability(large):
    logits = torch.tensor([0.5, large, -1.5], requires_grad=True)
    logs = log_softmax(logits)
    assert logs.exp().tolist() == [0, 1, 0]
    assert state_entropy(logs) == 0
    assert torch.autograd.grad(state_entropy(logs), logits)[0].count_nonzero() == 0
