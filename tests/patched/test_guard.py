"""Steps that are not finite: which are left out, and when a run stops."""

import pytest
import torch

from eloss_plugins.errors import Refused
from eloss_plugins.patched.guard import STEPS_IN_A_ROW, StepGuard

NAN, INF = float("nan"), float("inf")


def weight(gradient: float) -> torch.Tensor:
    made = torch.zeros(2, requires_grad=True)
    made.grad = torch.tensor([0.0, gradient])
    return made


@pytest.mark.parametrize("gradient", [0.0, 1.0, 1e30])
def test_a_finite_step_is_taken(gradient):
    """1e30 is a float32 number, its square is none."""
    assert StepGuard().fault(torch.tensor(1.0), [weight(gradient)]) is None


@pytest.mark.parametrize(("loss", "gradient"), [(NAN, NAN), (INF, 1.0), (1.0, INF), (1.0, NAN)])
def test_a_step_that_is_not_finite_is_left_out(loss, gradient):
    fault = StepGuard().fault(torch.tensor(loss), [weight(gradient)])
    assert fault == ("gradient" if loss == 1.0 else "loss") + " that is not finite"


def test_weights_without_gradient_do_not_count():
    assert StepGuard().fault(torch.tensor(1.0), [torch.zeros(2, requires_grad=True)]) is None


def test_bad_steps_in_a_row_stop_the_run():
    guard = StepGuard()
    for _ in range(STEPS_IN_A_ROW - 1):
        guard.fault(torch.tensor(NAN), [])
    with pytest.raises(Refused, match=f"{STEPS_IN_A_ROW} steps in a row"):
        guard.fault(torch.tensor(NAN), [])


def test_a_good_step_ends_the_row():
    guard = StepGuard()
    for loss in (NAN, NAN, 1.0, NAN, NAN, 1.0):
        guard.fault(torch.tensor(loss), [])
    assert (guard.in_a_row, guard.in_all) == (0, 4)
