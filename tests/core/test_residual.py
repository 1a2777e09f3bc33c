"""The weighted distance error: its identity, its limits and its singular points."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from eloss_plugins.core.residual import weighted_distance_error

# torch's own first use of forward mode; may go when torch drops TorchScript there.
JVP_WARNS = pytest.mark.filterwarnings("ignore:.torch.jit.script.:DeprecationWarning")


def tensors(*values):
    return [torch.tensor(value, dtype=torch.float64) for value in values]


@settings(derandomize=True, max_examples=200, deadline=None)
@given(
    st.lists(st.floats(-3, 3), min_size=3, max_size=3),
    st.lists(st.floats(-3, 3), min_size=3, max_size=3),
    st.floats(0.1, 1),
    st.floats(0.1, 1),
)
def test_it_is_the_change_of_distance_over_the_ratio(difference, residual, signal, noise):
    e, delta, a, b = tensors(difference, residual, signal, noise)
    predicted = (e + b / a * delta).norm()
    expected = (predicted - e.norm()) / (b / a)
    assert abs(weighted_distance_error(e, delta, a, b) - expected) < 1e-12


def test_without_noise_it_is_the_projection_on_the_bond():
    e, delta, a, b = tensors([0.0, 3.0, 4.0], [1.0, 2.0, 3.0], 1.0, 0.0)
    assert weighted_distance_error(e, delta, a, b).item() == pytest.approx((2 * 3 + 3 * 4) / 5)


def test_without_signal_it_is_the_length_of_the_residual():
    e, delta, a, b = tensors([0.0, 3.0, 4.0], [2.0, 3.0, 6.0], 0.0, 1.0)
    assert weighted_distance_error(e, delta, a, b).item() == pytest.approx(7)


def test_the_gradient_is_the_predicted_unit_vector():
    e, delta, a, b = tensors([1.0, 0.0, 0.0], [0.0, 4.0, 3.0], 0.5, 0.5)
    delta.requires_grad_()
    weighted_distance_error(e, delta, a, b).backward()
    predicted = (e + delta).detach()
    torch.testing.assert_close(delta.grad, predicted / predicted.norm(), rtol=1e-14, atol=1e-15)


def test_collapsed_prediction_keeps_its_value_and_has_no_gradient():
    e, delta, a, b = tensors([0.0, 3.0, 4.0], [0.0, -6.0, -8.0], 0.8, 0.4)
    delta.requires_grad_()
    error = weighted_distance_error(e, delta, a, b)
    error.backward()
    assert error.item() == pytest.approx(-5 * 0.8 / 0.4)
    assert delta.grad.eq(0).all()


@pytest.mark.parametrize(("signal", "noise"), [(1.0, 0.0), (0.0, 1.0), (0.5, 0.5), (0.0, 0.0)])
def test_nothing_at_all_gives_zero(signal, noise):
    e, delta, a, b = tensors([0.0] * 3, [0.0] * 3, signal, noise)
    delta.requires_grad_()
    error = weighted_distance_error(e, delta, a, b)
    error.backward()
    assert error.item() == 0
    assert delta.grad.eq(0).all()


@pytest.mark.parametrize("tiny", [1e-7, 1e-23, 1e-30, 1e-40])
def test_nearly_collapsed_predictions_have_a_bounded_gradient(tiny):
    e = torch.tensor([1.0, 0.0, 0.0])
    delta = torch.tensor([-1.0, tiny, 0.0], requires_grad=True)
    error = weighted_distance_error(e, delta, torch.tensor(1.0), torch.tensor(1.0))
    error.backward()
    assert error.isfinite()
    assert delta.grad.norm() <= 1 + 1e-6


@JVP_WARNS
def test_the_second_derivative_is_finite_at_a_collapse():
    e, delta, a, b = tensors([1.0, 2.0, 2.0], [-1.0, -2.0, -2.0], 1.0, 1.0)
    hessian = torch.func.hessian(lambda d: weighted_distance_error(e, d, a, b))(delta)
    assert hessian.eq(0).all()


def test_nan_stays_visible():
    e, delta, a, b = tensors([1.0, 0.0, 0.0], [float("nan"), 0.0, 0.0], 1.0, 1.0)
    assert weighted_distance_error(e, delta, a, b).isnan()
