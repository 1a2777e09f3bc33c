"""The score from flow matching, on toys whose exact velocity or energy minimiser is known.

A molecule of two atoms at h and -h, noise at e and -e with e of variance 1 / 2: along the one
direction (1, -1) / sqrt(2) of an internal coordinate the noise is standard normal, so that the
score of atom 1 is half the gradient of log p(z) by its own place z = (1 - r) h + r e.
"""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

from eloss_plugins import host
from eloss_plugins.core.flow_matching import score
from eloss_plugins.data.batch import Batch
from eloss_plugins.trainers.flow_model.draw import Draw
from eloss_plugins.trainers.flow_model.model import Flow

from .flows_by_hand import flow_around

CONVENTIONS = pytest.mark.parametrize("data_at", [0, 1])
WEIGHTS, PLACES, WIDTHS = (0.65, 0.35), (0.8, -0.5), (0.35, 0.45)
DISTANCES, SHARES = (1.0, 1.6), (0.4, 0.6)
LEAST, NUMBERS = 0.3, 6  # noise level of training, numbers that a scene takes
Scene = Callable[[Tensor], tuple[Tensor, Tensor, Tensor]]
"""(uniform numbers, `(count, 6)`) -> places of atom 1, its noise, noise levels."""


@pytest.fixture(autouse=True)
def _toys_are_no_molecules(monkeypatch):
    monkeypatch.setenv("ELOSS_ANY_UNIT", "1")


def pair(half: Tensor) -> Tensor:
    """Two atoms at `half` and opposite, `(molecules, 2, 3)`."""
    return torch.stack([half, -half], dim=1)


def two_atoms(half: Tensor) -> Batch:
    ones = half.new_ones(len(half), 2, 1)
    return Batch(pair(half), ones, ones, ones[..., 0].bool(), torch.arange(len(half)))


class Halves(nn.Module):
    """A network from what a function says of atom 1; atom 2 gets the opposite."""

    def __init__(self, of_half: nn.Module, sign: int = 1):
        super().__init__()
        self.of_half = of_half
        self.sign = sign

    def forward(self, noisy: Tensor, level: Tensor, _mask: Tensor) -> Tensor:
        said = self.sign * self.of_half(noisy[:, 0, :3], level)
        return torch.cat([pair(said), torch.zeros_like(noisy[..., 3:])], dim=-1)


def model_of(network: nn.Module, data_at: int = 0) -> Flow:
    return flow_around(network, elements=1, data_at=data_at, feature_weight=0.0)


def score_of(model: Flow, half: Tensor, level: Tensor) -> Tensor:
    """The score of atom 1 that a model's velocity stands for."""
    noisy = torch.cat([pair(half), half.new_zeros(len(half), 2, 1)], dim=-1)
    mask = torch.ones(len(half), 2, dtype=torch.bool)
    with torch.no_grad():
        velocity = model.predict(noisy, level, mask)
    data_at = model.config.data_at
    time = level if data_at == 0 else 1 - level
    return score(noisy, velocity, time=time, data_at=data_at)[:, 0, :3]


def trained(model: Flow, scene: Scene, steps: int) -> Flow:
    """Adam with a rate that falls to nothing, on the model's own loss.

    Evenly spread (Sobol) numbers in place of random ones: the targets' noise would need a hundred
    times as many for an error of one percent.
    """
    numbers = torch.quasirandom.SobolEngine(NUMBERS, scramble=True, seed=1)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        half, noise, level = scene(numbers.draw(2048).clamp(1e-6, 1 - 1e-6))
        time = (level - model.config.data_at).abs()
        eps = torch.cat([pair(noise), noise.new_zeros(len(noise), 2, 1)], dim=-1)
        loss = model.losses_at(two_atoms(half), Draw(time, eps))["loss"].mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        falling.step()
    return model


def mlp(inputs: int, width: int = 48) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(),
        nn.Linear(width, width), nn.SiLU(), nn.Linear(width, 1),
    )  # fmt: skip


def on_the_way(scene: Scene, least: float, most: float = 0.9) -> tuple[Tensor, Tensor]:
    """Random places z of atom 1 at levels in the bulk, and these levels."""
    half, noise, level = scene(torch.rand(4000, NUMBERS).clamp(1e-6, 1 - 1e-6))
    level = least + (most - least) * (level - LEAST) / (1 - LEAST)
    return (1 - level[:, None]) * half + level[:, None] * noise, level


def relative(found: Tensor, expected: Tensor) -> float:
    return float((found - expected).square().mean().sqrt() / expected.square().mean().sqrt())


class OnALine(nn.Module):
    """Learns the velocity along x; along y and z, where the data are 0, it is z / r."""

    def __init__(self) -> None:
        super().__init__()
        self.along = mlp(2)

    def forward(self, half: Tensor, level: Tensor) -> Tensor:
        x = self.along(torch.cat([half[:, :1], level], dim=-1))
        return torch.cat([x, half[:, 1:] / level], dim=-1)


def on_a_line(numbers: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Scene of a mixture of two Gaussians along x."""
    first = numbers[:, 0] < WEIGHTS[0]
    places = torch.where(first, PLACES[0], PLACES[1])
    widths = torch.where(first, WIDTHS[0], WIDTHS[1])
    half = torch.zeros(len(numbers), 3)
    half[:, 0] = places + widths * torch.special.ndtri(numbers[:, 1])
    return half, noise_of(numbers[:, 2:5]), level_of(numbers[:, 5])


def noise_of(numbers: Tensor) -> Tensor:
    return torch.special.ndtri(numbers) / math.sqrt(2)


def level_of(numbers: Tensor) -> Tensor:
    return LEAST + (1 - LEAST) * numbers


def line_log_density(z: Tensor, level: Tensor) -> Tensor:
    """log p(z) along x of the mixture under noise, up to a constant."""
    parts = []
    for weight, place, width in zip(WEIGHTS, PLACES, WIDTHS, strict=True):
        variance = ((1 - level) * width) ** 2 + level**2 / 2
        part = -((z - (1 - level) * place) ** 2) / (2 * variance)
        parts.append(math.log(weight) + part - 0.5 * variance.log())
    return torch.logsumexp(torch.stack(parts), 0)


@pytest.mark.slow
@CONVENTIONS
def test_a_trained_network_recovers_the_score_of_a_mixture(data_at):
    torch.manual_seed(0)
    network = Halves(OnALine(), sign=1 if data_at == 0 else -1)
    model = trained(model_of(network, data_at), on_a_line, 3000)
    half, level = on_the_way(on_a_line, 0.45)
    z = half[:, 0].clone().requires_grad_()
    (expected,) = torch.autograd.grad(line_log_density(z, level).sum(), z)
    found = score_of(model, half, level)[:, 0]
    assert relative(found, expected / 2) < 0.01


class Linear(nn.Module):
    matrix: Tensor

    def forward(self, half: Tensor, _level: Tensor) -> Tensor:
        return half @ self.matrix.T


def cross(root: Tensor) -> Tensor:
    """Six points whose mean of squares is root root^T exactly, `(6, 3)`."""
    return math.sqrt(3) * torch.cat([root.T, -root.T])


@CONVENTIONS
@pytest.mark.parametrize("level", [0.1, 0.5, 0.95])
def test_least_squares_over_linear_velocities_give_a_gaussians_score(data_at, level):
    """One Newton step on the model's own loss, whose second moments are exact by construction."""
    random = torch.Generator().manual_seed(2)
    root = torch.randn(3, 3, generator=random, dtype=torch.float64)
    data, noise = cross(root), cross(torch.eye(3, dtype=torch.float64) / math.sqrt(2))
    half = data.repeat_interleave(6, 0)
    eps = torch.cat([pair(noise.repeat(6, 1)), torch.zeros(36, 2, 1)], dim=-1)
    network = Linear()
    model = model_of(Halves(network), data_at).double()
    time = torch.full((36,), abs(level - data_at), dtype=torch.float64)

    def loss(matrix: Tensor) -> Tensor:
        network.matrix = matrix
        return model.losses_at(two_atoms(half), Draw(time, eps))["loss"].mean()

    start = torch.zeros(3, 3, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(loss(start), start)
    curvature = torch.autograd.functional.hessian(loss, start).reshape(9, 9)
    network.matrix = -torch.linalg.solve(curvature, slope.reshape(9)).reshape(3, 3)
    covariance = 2 * (1 - level) ** 2 * root @ root.T + level**2 * torch.eye(3, dtype=torch.float64)
    place = torch.randn(20, 3, generator=random, dtype=torch.float64)
    found = score_of(model, place, torch.full((20,), level, dtype=torch.float64))
    assert_close(found, -torch.linalg.solve(covariance, place.T).T, rtol=1e-8, atol=1e-10)


class Radial(nn.Module):
    """A velocity along the pair, of a size that it learns of |z| and r."""

    def __init__(self) -> None:
        super().__init__()
        self.along = mlp(2)

    def forward(self, half: Tensor, level: Tensor) -> Tensor:
        radius = half.norm(dim=-1, keepdim=True)
        return half / radius * self.along(torch.cat([radius, level], dim=-1))


def two_lengths(numbers: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Scene of pairs of two lengths; along x, as the network treats all directions alike."""
    half = torch.zeros(len(numbers), 3)
    half[:, 0] = torch.where(numbers[:, 0] < SHARES[0], DISTANCES[0], DISTANCES[1]) / 2
    return half, noise_of(numbers[:, 2:5]), level_of(numbers[:, 5])


def posterior(radius: Tensor, level: Tensor) -> tuple[Tensor, Tensor]:
    """Mean distance and length of the mean difference, given |z| and r; orientation uniform.

    With q = sqrt(2) z and a sphere of radius (1 - r) d / sqrt(2), the likelihood integrates to
    exp(-(|q|^2 + a^2) / 2 r^2) sinh(k) / k with k = a |q| / r^2; the mean direction is
    coth(k) - 1 / k long.
    """
    logs, lengths, means = [], [], []
    for share, distance in zip(SHARES, DISTANCES, strict=True):
        shell = (1 - level) * distance / math.sqrt(2)
        k = shell * math.sqrt(2) * radius / level**2
        log_sinh = k + torch.log1p(-torch.exp(-2 * k)) - math.log(2) - k.log()
        logs.append(math.log(share) - shell**2 / (2 * level**2) + log_sinh)
        lengths.append(torch.full_like(radius, distance))
        means.append(distance * (1 / torch.tanh(k) - 1 / k))
    weight = torch.softmax(torch.stack(logs), 0)
    return (weight * torch.stack(lengths)).sum(0), (weight * torch.stack(means)).sum(0)


@pytest.mark.slow
@CONVENTIONS
def test_training_on_the_energy_finds_the_mean_distance_of_what_may_be_there(data_at):
    torch.manual_seed(0)
    sign = 1 if data_at == 0 else -1
    model = model_of(Halves(Radial(), sign), data_at)
    model.position_loss = host.bind("flow-matching", "energy", "stiffness=constant")
    trained(model, two_lengths, 1500)
    half, level = on_the_way(two_lengths, 0.35)
    with torch.no_grad():
        velocity = model.dynamics.of_half(half, level[:, None])
    found = 2 * (half - level[:, None] * velocity).norm(dim=-1)
    expected, _ = posterior(half.norm(dim=-1), level)
    assert relative(found, expected) < 0.01


@pytest.mark.parametrize(
    ("level", "least", "most"), [(0.01, 0.0, 0.012), (0.02, 0.0, 0.024), (0.3, 0.3, 1.0)]
)
def test_the_energys_velocity_gives_the_score_at_little_noise_and_not_at_more(level, least, most):
    """Its minimiser keeps the mean distance; the score wants the mean difference, which shrinks.

    In closed form, nothing is trained: an error in proportion to r, and of a third at r = 0.3.
    """
    torch.manual_seed(0)
    half, _ = on_the_way(two_lengths, level, level)
    radius = half.double().norm(dim=-1)
    length, mean = posterior(radius, torch.full_like(radius, level))
    exact, energys = (-(radius - (1 - level) * d / 2) / level**2 for d in (mean, length))
    assert least <= relative(energys, exact) <= most
