"""Proposition 4.4 of arXiv 2511.02087: at small noise the energy's minimiser gives the score."""

import numpy as np
import pytest
import torch
from scipy.special import i0e

from core.noisy_shapes import centred, noisy, planar_shape, turned_onto
from eloss_plugins.core import energy_loss

SIGMAS = (0.01, 0.02, 0.05, 0.1)


def mean_on_circle(noised, shape, alpha, sigma):
    """Exact posterior mean for a planar shape: the aligned shape, shorter by I1 / I0."""
    aligned = turned_onto(noised, shape)
    kappa = alpha * (noised * aligned).sum((1, 2)) / sigma**2
    shrunk = torch.special.i1e(kappa) / torch.special.i0e(kappa)
    return shrunk[:, None, None] * aligned


def mean_in_space(noised, shape, alpha, sigma):
    """Exact posterior mean in space: the matrix Fisher mean, one quadrature for each axis."""
    nodes, weights = np.polynomial.legendre.leggauss(64)
    left, sizes, right = np.linalg.svd((alpha / sigma**2 * noised.mT @ shape).numpy())
    sign = np.linalg.det(left @ right)
    sizes[:, 2] *= sign
    left[:, :, 2] *= sign[:, None]
    means = np.empty_like(sizes)
    for axis in range(3):
        k = sizes[:, [axis]]
        i, j = (sizes[:, [other]] for other in range(3) if other != axis)
        # The density of u falls from u = 1 at the rate j + k: the nodes go where it is.
        reach = np.minimum(2, 50 / (j + k))
        u = 1 - reach * (1 - nodes) / 2
        low, high = (i - j) * (1 - u) / 2, (i + j) * (1 + u) / 2
        exponent = np.abs(low) + np.abs(high) + k * u
        density = i0e(low) * i0e(high) * np.exp(exponent - exponent.max(1, keepdims=True))
        means[:, axis] = (density * u) @ weights / (density @ weights)
    return shape @ torch.tensor(left @ (means[:, :, None] * right)).mT


def noise_error(estimate, exact, noised, alpha, sigma):
    """Root mean square error of the implied noise, relative to the exact one's."""
    error = alpha / sigma * (estimate - exact)
    return (error.square().sum() / ((noised - alpha * exact) / sigma).square().sum()) ** 0.5


def solid_shape():
    return centred(1.5 * torch.randn(5, 3, generator=torch.Generator().manual_seed(3)).double())


@pytest.fixture(params=["plane", "space"])
def exact_case(request):
    make, mean = {"plane": (planar_shape, mean_on_circle), "space": (solid_shape, mean_in_space)}[
        request.param
    ]
    return make(), mean


def score_errors(shape, mean, estimate):
    """Relative error of the implied noise at each of `SIGMAS`."""
    errors = []
    for sigma in SIGMAS:
        alpha = (1 - sigma**2) ** 0.5
        noised = noisy(shape, alpha, sigma, 2000)
        exact = mean(noised, shape, alpha, sigma)
        errors.append(noise_error(estimate(noised, shape), exact, noised, alpha, sigma).item())
    return errors


def slope(errors):
    return np.polyfit(np.log(SIGMAS), np.log(errors), 1)[0]


def test_the_aligned_shape_has_no_energy(exact_case):
    shape, _ = exact_case
    noised = noisy(shape, 0.99, 0.1, 50)
    aligned = turned_onto(noised, shape)
    assert energy_loss(aligned, shape.expand_as(aligned)).max() < 1e-24


def test_the_error_of_the_score_falls_in_proportion_to_the_noise(exact_case):
    assert slope(score_errors(*exact_case, turned_onto)) == pytest.approx(1.0, abs=0.05)


def test_the_error_in_the_plane_is_sigma_over_twice_the_size():
    shape = planar_shape()
    degrees = 2 * len(shape) - 2
    for sigma, error in zip(SIGMAS, score_errors(shape, mean_on_circle, turned_onto), strict=True):
        alpha = (1 - sigma**2) ** 0.5
        size = shape.square().sum().item() ** 0.5
        assert error == pytest.approx(sigma / (2 * alpha * size * degrees**0.5), rel=0.15)


def test_a_minimiser_that_is_not_turned_onto_the_noise_is_no_score(exact_case):
    errors = score_errors(*exact_case, lambda noised, shape: shape.expand_as(noised))
    assert slope(errors) < 0
    assert min(errors) > 1


def test_what_remains_after_alignment_is_no_rotation():
    shape, sigma = planar_shape(), 0.05
    alpha = (1 - sigma**2) ** 0.5
    noised = noisy(shape, alpha, sigma, 200)
    aligned = turned_onto(noised, shape)
    error = aligned - mean_on_circle(noised, shape, alpha, sigma)
    spin = torch.stack([-aligned[..., 1], aligned[..., 0]], -1)
    assert (error * spin).sum((1, 2)).abs().max() < 1e-12
    radial = (error * aligned).sum((1, 2)) / (error.norm(dim=(1, 2)) * aligned.norm(dim=(1, 2)))
    torch.testing.assert_close(radial, torch.ones_like(radial), rtol=1e-6, atol=0)
