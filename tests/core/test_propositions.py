"""Propositions 4.2 to 4.5 of the paper (arXiv 2511.02087), executed, with negative controls."""

import numpy as np
import pytest
import torch
from scipy.special import i0e

from core.symmetric_molecules import automorphisms, methane
from eloss_plugins.core import (
    Edges,
    Energy,
    Exponential,
    Kabsch,
    LossBatch,
    Mse,
    energy_loss,
    proper_rotation,
)
from eloss_plugins.core.edges import complete_edges
from eloss_plugins.core.front_door import _Fixed
from eloss_plugins.equivariance import random_rotations

LAWS = ["constant", "exponential", "inverse", "inverse-square"]


def hexagon():
    angles = np.pi / 3 * np.arange(6)
    return "C" * 6, 1.39 * np.stack([np.cos(angles), np.sin(angles)], 1)


def random_molecule():
    return "C" * 8, 1.5 * np.random.default_rng(0).standard_normal((8, 3))


SHAPES = {"hexagon": (hexagon, 12), "methane": (methane, 24), "random": (random_molecule, 1)}


# Proposition 4.2: E is invariant under E(d) times the automorphisms of the distance matrix.


def shape_and_group(name, dtype=torch.float64):
    elements, positions = SHAPES[name][0]()
    group = torch.tensor(automorphisms(elements, positions))
    assert len(group) == SHAPES[name][1]
    prediction = positions + 0.4 * np.random.default_rng(1).standard_normal(positions.shape)
    return torch.tensor(positions).to(dtype), torch.tensor(prediction).to(dtype), group


def moved(positions, improper):
    count, dimensions = len(positions), positions.shape[-1]
    rotation = random_rotations(count, dimensions=dimensions, improper=improper)
    return (positions.double() @ rotation.mT + 1.7).to(positions.dtype)


@pytest.mark.parametrize("improper", [False, True])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 1e-5)])
@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("name", SHAPES)
def test_4_2_motions_and_automorphisms_of_either_side_keep_the_energy(
    name, law, dtype, tolerance, improper
):
    shape, prediction, group = shape_and_group(name, dtype)
    energy = energy_loss(prediction[None], shape[None], stiffness=law)
    of_prediction = moved(prediction[group], improper)
    of_shape = moved(shape[group], improper)
    one = energy_loss(of_prediction, shape.expand_as(of_prediction), stiffness=law)
    other = energy_loss(prediction.expand_as(of_shape), of_shape, stiffness=law)
    assert (one / energy - 1).abs().max() < tolerance
    assert (other / energy - 1).abs().max() < tolerance


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("name", SHAPES)
def test_4_2_a_permutation_that_is_no_automorphism_changes_the_energy(name, law):
    shape, prediction, group = shape_and_group(name)
    generator = torch.Generator().manual_seed(0)
    others = torch.stack([torch.randperm(len(shape), generator=generator) for _ in range(40)])
    outside = (others[:, None] != group).any(-1).all(-1)
    permuted = prediction[others[outside]]
    energy = energy_loss(prediction[None], shape[None], stiffness=law)
    values = energy_loss(permuted, shape.expand_as(permuted), stiffness=law)
    assert (values / energy - 1).abs().median() > 0.01


def sparse_energy(prediction, shape, weight):
    edges = complete_edges(torch.zeros(6, dtype=torch.int64), 1)
    kept = _Fixed(Edges(edges.index, weight))
    one = torch.ones(1, dtype=torch.float64)
    return Energy(edges=kept)(LossBatch(shape[None], (prediction - shape)[None], one, one))


def weights_of(group, pairs):
    """Share of the group's images of `pairs` that hold each pair of the complete graph."""
    matrix = torch.zeros(6, 6, dtype=torch.float64)
    for images in group:
        for i, j in pairs:
            matrix[images[i], images[j]] += 1 / len(group)
    edges = complete_edges(torch.zeros(6, dtype=torch.int64), 1)
    first, second = edges.index
    return matrix[first, second] + matrix[second, first]


def test_4_2_a_sparse_graph_keeps_the_symmetry_only_when_averaged_over_the_group():
    shape, prediction, group = shape_and_group("hexagon")
    cubic = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 4), (2, 5), (3, 4), (3, 5), (4, 5)]
    raw = weights_of([list(range(6))], cubic)
    averaged = weights_of(group, cubic)
    deviations = []
    for weight in (raw, averaged):
        values = torch.cat([sparse_energy(prediction[g], shape, weight) for g in group])
        deviations.append((values / values[0] - 1).abs().max())
    assert deviations[0] > 0.05
    assert deviations[1] < 1e-12


# Corollary 4.3: where all k > 0, the zeros of E are the images of the data under E(d).


def minimised(target, edges=None, law="constant", starts=30):
    """Minima reached by L-BFGS from random starts, all starts in one batch, with their energies."""
    generator = torch.Generator().manual_seed(0)
    shape = (starts, *target.shape)
    found = 1.5 * torch.randn(shape, generator=generator, dtype=torch.float64)
    found.requires_grad_()
    targets = target.expand(shape)
    optimizer = torch.optim.LBFGS(
        [found],
        max_iter=3000,
        history_size=30,
        tolerance_grad=1e-14,
        tolerance_change=1e-18,
        line_search_fn="strong_wolfe",
    )

    def losses():
        return energy_loss(found, targets, stiffness=law, edges=edges)

    def closure():
        optimizer.zero_grad()
        loss = losses().sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return found.detach(), losses().detach()


def distances_to_congruence(found, target):
    """Root mean square deviation after the best proper, and the best improper, alignment."""
    one = torch.ones(len(found), dtype=torch.float64)
    mirror = torch.tensor([-1.0, 1.0, 1.0], dtype=torch.float64)
    targets = target.expand_as(found)
    return tuple(
        Kabsch(reduction="per_atom")(LossBatch(x, found - x, one, one)) ** 0.5
        for x in (targets, targets * mirror)
    )


@pytest.mark.slow
@pytest.mark.parametrize("law", ["constant", "exponential"])
@pytest.mark.parametrize("num_atoms", [5, 8, 12])
def test_4_3_every_zero_of_the_energy_is_the_molecule_or_its_mirror_image(num_atoms, law):
    generator = torch.Generator().manual_seed(num_atoms)
    target = 1.2 * torch.randn(num_atoms, 3, generator=generator, dtype=torch.float64)
    found, energies = minimised(target, law=law)
    zeros = energies < 1e-12
    proper, improper = distances_to_congruence(found, target)
    assert (torch.minimum(proper, improper)[zeros] < 1e-6).all()
    assert zeros.double().mean() >= 0.5
    assert (improper < proper)[zeros].double().mean() > 0.1


@pytest.mark.slow
def test_4_3_a_graph_that_is_not_rigid_has_zeros_of_another_shape():
    target = torch.randn(8, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    starts = 10
    cube = [(a, a ^ bit) for a in range(8) for bit in (1, 2, 4) if a < a ^ bit]
    index = torch.tensor([(8 * m + i, 8 * m + j) for m in range(starts) for i, j in cube]).T
    found, energies = minimised(target, edges=index, starts=starts)
    zeros = energies < 1e-12
    proper, improper = distances_to_congruence(found, target)
    assert zeros.any()
    assert (torch.minimum(proper, improper)[zeros] > 0.1).all()


# Proposition 4.4: at small noise the energy's minimiser gives the score.


def centred(positions):
    return positions - positions.mean(-2, keepdim=True)


def noisy(shape, alpha, sigma, count):
    """z = alpha R y + sigma eps with R uniform and eps of zero centre of mass."""
    generator = torch.Generator().manual_seed(0)
    rotation = random_rotations(count, dimensions=shape.shape[-1])
    noise = centred(torch.randn(count, *shape.shape, generator=generator, dtype=torch.float64))
    return alpha * shape @ rotation.mT + sigma * noise


def turned_onto(noised, shape):
    """The minimiser of the energy that is nearest to z: the shape, turned onto it."""
    return shape @ proper_rotation(noised.mT @ shape).mT


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


def planar_shape():
    return centred(torch.tensor([[0.0, 0.0], [1.4, 0.0], [1.9, 1.1], [-0.6, 1.3]]).double())


def solid_shape():
    return centred(1.5 * torch.randn(5, 3, generator=torch.Generator().manual_seed(3)).double())


SIGMAS = (0.01, 0.02, 0.05, 0.1)


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


def test_4_4_the_aligned_shape_has_no_energy(exact_case):
    shape, _ = exact_case
    noised = noisy(shape, 0.99, 0.1, 50)
    aligned = turned_onto(noised, shape)
    assert energy_loss(aligned, shape.expand_as(aligned)).max() < 1e-24


def test_4_4_the_error_of_the_score_falls_in_proportion_to_the_noise(exact_case):
    assert slope(score_errors(*exact_case, turned_onto)) == pytest.approx(1.0, abs=0.05)


def test_4_4_the_error_in_the_plane_is_sigma_over_twice_the_size():
    shape = planar_shape()
    degrees = 2 * len(shape) - 2
    for sigma, error in zip(SIGMAS, score_errors(shape, mean_on_circle, turned_onto), strict=True):
        alpha = (1 - sigma**2) ** 0.5
        size = shape.square().sum().item() ** 0.5
        assert error == pytest.approx(sigma / (2 * alpha * size * degrees**0.5), rel=0.15)


def test_4_4_a_minimiser_that_is_not_turned_onto_the_noise_is_no_score(exact_case):
    errors = score_errors(*exact_case, lambda noised, shape: shape.expand_as(noised))
    assert slope(errors) < 0
    assert min(errors) > 1


def test_4_4_what_remains_after_alignment_is_no_rotation():
    shape, sigma = planar_shape(), 0.05
    alpha = (1 - sigma**2) ** 0.5
    noised = noisy(shape, alpha, sigma, 200)
    aligned = turned_onto(noised, shape)
    error = aligned - mean_on_circle(noised, shape, alpha, sigma)
    spin = torch.stack([-aligned[..., 1], aligned[..., 0]], -1)
    assert (error * spin).sum((1, 2)).abs().max() < 1e-12
    radial = (error * aligned).sum((1, 2)) / (error.norm(dim=(1, 2)) * aligned.norm(dim=(1, 2)))
    torch.testing.assert_close(radial, torch.ones_like(radial), rtol=1e-6, atol=0)


# Proposition 4.5: distances leave the rotation's share of the variance out.


def posterior(noised, shape, levels, samples, seed):
    """Exact draws of x given z for x = R (y + tau xi), z = alpha x + sigma eps, in the plane."""
    alpha, sigma, tau = levels
    generator = np.random.default_rng(seed)
    aligned = turned_onto(noised[None], shape)[0]
    kappa = alpha * (noised * aligned).sum().item() / (alpha**2 * tau**2 + sigma**2)
    angles = torch.tensor(generator.vonmises(0, kappa, samples))
    cosine, sine = angles.cos(), angles.sin()
    rotation = torch.stack([cosine, -sine, sine, cosine], -1).view(-1, 2, 2)
    spread = 1 / (1 / tau**2 + alpha**2 / sigma**2)
    mean = spread * (aligned @ rotation.mT / tau**2 + alpha / sigma**2 * noised)
    internal = centred(torch.tensor(generator.standard_normal((samples, *shape.shape))))
    return mean + spread**0.5 * internal


def total_variance(samples):
    return samples.var(0).sum().item()


def variances(sigma, tau, samples=20_000):
    """Trace of the variance of the noise target: of positions, and of distances (aligned)."""
    shape, alpha = planar_shape(), (1 - sigma**2) ** 0.5
    noised = noisy(shape, alpha, sigma, 1)[0]
    drawn = posterior(noised, shape, (alpha, sigma, tau), samples, seed=0)
    onto = proper_rotation(noised.mT @ drawn)
    aligned = drawn @ onto.mT
    assert energy_loss(aligned[:100], drawn[:100]).max() < 1e-20
    scale = (alpha / sigma) ** 2
    return scale * total_variance(drawn), scale * total_variance(aligned)


LEVELS = [(0.02, 0.05), (0.03, 0.05), (0.05, 0.05), (0.05, 0.02)]


@pytest.mark.parametrize(("sigma", "tau"), LEVELS)
def test_4_5_positions_vary_more_by_one_half_d_times_d_minus_1(sigma, tau):
    of_positions, of_distances = variances(sigma, tau)
    assert of_positions - of_distances == pytest.approx(2 * (2 - 1) / 2, abs=0.05)


@pytest.mark.parametrize(("sigma", "tau"), LEVELS)
def test_4_5_distances_vary_by_the_internal_degrees_of_freedom(sigma, tau):
    alpha = (1 - sigma**2) ** 0.5
    internal = 2 * 4 - 3
    spread = 1 / (1 / tau**2 + alpha**2 / sigma**2)
    expected = internal * spread * alpha**2 / sigma**2
    assert variances(sigma, tau)[1] == pytest.approx(expected, abs=0.05)


def test_4_5_without_rotations_there_is_nothing_to_gain():
    sigma, tau = 0.05, 0.02
    shape, alpha = planar_shape(), (1 - sigma**2) ** 0.5
    spread = 1 / (1 / tau**2 + alpha**2 / sigma**2)
    internal = centred(torch.tensor(np.random.default_rng(0).standard_normal((20_000, 4, 2))))
    drawn = shape + spread**0.5 * internal
    aligned = drawn @ proper_rotation(shape.mT @ drawn).mT
    gain = (alpha / sigma) ** 2 * (total_variance(drawn) - total_variance(aligned))
    # Alignment takes the one degree of freedom that looks like a rotation, and no more than that.
    assert gain < 1.1 * spread * (alpha / sigma) ** 2


# The sign and scale of the exponent: E / T of the loss is the reverse Kullback-Leibler divergence.


def test_squared_error_over_2_sigma_squared_is_the_reverse_divergence_of_gaussians():
    generator = torch.Generator().manual_seed(0)
    target, prediction = torch.randn(2, 3, 5, 3, generator=generator, dtype=torch.float64)
    sigma, one = 0.7, torch.ones(3, dtype=torch.float64)
    divergence = torch.distributions.kl_divergence(
        torch.distributions.Normal(prediction, sigma), torch.distributions.Normal(target, sigma)
    ).sum((1, 2))
    loss = Mse(weight=1 / (2 * sigma**2), reduction="sum")
    torch.testing.assert_close(
        loss(LossBatch(target, prediction - target, one, one)), divergence, rtol=1e-12, atol=0
    )


def test_the_boltzmann_weight_of_a_prediction_is_largest_at_the_data():
    target = torch.tensor([[[0.0, 0.0], [1.2, 0.0], [0.3, 0.9]]], dtype=torch.float64)
    stretched = torch.linspace(0.5, 1.5, 11, dtype=torch.float64)[:, None, None] * target
    one = torch.ones(11, dtype=torch.float64)
    targets = target.expand_as(stretched)
    exponent = Energy(Exponential(), temperature=0.1)(
        LossBatch(targets, stretched - targets, one, one)
    )
    weight = (-exponent).exp()
    assert weight.argmax() == 5
    assert weight[5] == 1
