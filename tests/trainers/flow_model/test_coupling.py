"""The coupling of noise to molecules, against brute force over permutations."""

from dataclasses import replace
from itertools import permutations

import pytest
import torch
from scipy.spatial.transform import Rotation
from torch import Tensor
from torch.testing import assert_close
from toy_batches import toy_batch, with_garbage

from eloss_plugins.equivariance import random_rotations
from eloss_plugins.trainers.flow_model import coupling
from eloss_plugins.trainers.molecule_noise import centred, molecule_noise

from .flows_by_hand import toy_flow


def scene(sizes: tuple[int, ...], seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """Noise, positions, mask in float64."""
    batch = toy_batch(sizes, seed=seed)
    torch.manual_seed(seed)
    noise = molecule_noise(batch.mask, 0, torch.float64)
    return noise, batch.positions.double(), batch.mask


def cost(noise: Tensor, positions: Tensor) -> Tensor:
    return (noise - positions).square().sum((-1, -2))


def best_of_all(noise: Tensor, target: Tensor, *, turn: bool) -> float:
    """Least cost over all permutations, each with its best rotation by scipy if `turn`."""
    found = []
    for order in permutations(range(len(noise))):
        moved = noise[list(order)]
        if turn:
            rotation, _ = Rotation.align_vectors(target.numpy(), moved.numpy())
            moved = torch.from_numpy(rotation.apply(moved.numpy()))
        found.append(float(cost(moved, target)))
    return min(found)


def test_the_assignment_is_the_best_of_all_permutations():
    noise, positions, mask = scene((5, 4, 5, 3, 2))
    found = cost(coupling.reordered(noise, positions, mask), positions)
    for place, real in enumerate(mask):
        expected = best_of_all(noise[place, real], positions[place, real], turn=False)
        assert found[place].item() == pytest.approx(expected, rel=1e-12)


@pytest.mark.filterwarnings("ignore:Optimal rotation is not uniquely")
def test_both_together_come_near_the_best_of_all_permutations_and_rotations():
    """A local optimum: never better, and four fifths of what there is to win."""
    noise, positions, mask = scene((4,) * 30, seed=1)
    found = cost(coupling.equivariant(noise, positions, mask), positions)
    before = cost(noise, positions)
    best = torch.tensor(
        [best_of_all(n[m], x[m], turn=True) for n, x, m in zip(noise, positions, mask, strict=True)]
    )
    assert (found >= best - 1e-6).all()
    assert (before - found).mean() > 0.8 * (before - best).mean()


def test_no_step_ever_raises_the_cost():
    noise, positions, mask = scene(tuple(range(1, 24)) * 4)
    before = cost(noise, positions)
    for _ in range(4):
        for step in (
            lambda moved: coupling.reordered(moved, positions, mask),
            lambda moved: coupling.turned(moved, positions),
        ):
            noise = step(noise)
            after = cost(noise, positions)
            assert (after <= before * (1 + 1e-12) + 1e-12).all()
            before = after


def test_noise_is_only_reordered_and_turned_properly():
    noise, positions, mask = scene((6, 4))
    moved = coupling.equivariant(noise, positions, mask)
    for place, real in enumerate(mask):
        n, m = noise[place, real], moved[place, real]
        assert_close(torch.pdist(n).sort().values, torch.pdist(m).sort().values)
        order = torch.cdist(n.norm(dim=1, keepdim=True), m.norm(dim=1, keepdim=True)).argmin(1)
        rotation = torch.linalg.lstsq(n, m[order]).solution
        assert torch.linalg.det(rotation).item() == pytest.approx(1)
    assert_close(moved.sum(1), torch.zeros(2, 3, dtype=torch.float64), rtol=0, atol=1e-12)


def test_turning_the_molecule_turns_its_noise_with_it():
    noise, positions, mask = scene((6, 4))
    turn = random_rotations(1, seed=4)[0]
    found = coupling.equivariant(noise @ turn.T, positions @ turn.T, mask)
    assert_close(found, coupling.equivariant(noise, positions, mask) @ turn.T)


def test_for_molecules_of_random_orientation_it_is_still_gaussian_noise():
    """Moments of single coordinates and of two atoms' product, at one fixed molecule turned."""
    count, atoms = 6000, 3
    torch.manual_seed(0)
    mask = torch.ones(count, atoms, dtype=torch.bool)
    noise = molecule_noise(mask, 0, torch.float64)
    one = centred(torch.randn(1, atoms, 3, dtype=torch.float64), mask[:1])
    labels = torch.rand(count, atoms).argsort(1)
    positions = one.expand(count, -1, -1).gather(1, labels.unsqueeze(-1).expand(-1, -1, 3))
    turned = positions @ random_rotations(count, seed=1).transpose(1, 2)
    found = coupling.equivariant(noise, turned, mask)
    free = 1 - 1 / atoms
    assert found.mean(0).abs().max() < 0.05
    assert_close(found.var(0), torch.full((atoms, 3), free).double(), rtol=0.06, atol=0)
    assert_close(
        (found**4).mean(0), torch.full((atoms, 3), 3 * free**2).double(), rtol=0.15, atol=0
    )
    between = (found[:, 0] * found[:, 1]).mean(0)
    assert_close(between, torch.full((3,), -1 / atoms).double(), rtol=0.1, atol=0)


def test_molecules_do_not_see_each_other_nor_padding():
    noise, positions, mask = scene((7, 3, 5))
    together = coupling.equivariant(noise, positions, mask)
    for place, size in enumerate((7, 3, 5)):
        cut = (slice(place, place + 1), slice(None, size))
        alone = coupling.equivariant(noise[cut], positions[cut], mask[cut])
        assert_close(alone[0], together[cut][0], rtol=0, atol=1e-13)
    dirty = positions.masked_fill(~mask.unsqueeze(-1), float("nan"))
    assert torch.equal(coupling.equivariant(noise, dirty, mask), together)
    assert (together[~mask] == 0).all()


def test_a_molecule_that_is_not_finite_keeps_its_noise_and_harms_nobody():
    noise, positions, mask = scene((5, 4))
    broken = positions.clone()
    broken[0, 0, 0] = float("inf")
    found = coupling.equivariant(noise, broken, mask)
    assert torch.equal(found[0], noise[0])
    assert torch.equal(found[1], coupling.equivariant(noise, positions, mask)[1])


def test_the_model_couples_positions_alone_repeatably_and_without_a_gradient():
    batch = toy_batch()
    free, coupled = toy_flow(), toy_flow(coupling="equivariant")
    draws = []
    for model in (free, coupled, coupled):
        torch.manual_seed(1)
        draws.append(model.draw(with_garbage(batch)))
    assert torch.equal(draws[0].time, draws[1].time)
    assert torch.equal(draws[0].noise[..., 3:], draws[1].noise[..., 3:])
    assert torch.equal(draws[1].noise, draws[2].noise)
    near, far = ((d.noise[..., :3] - batch.positions).square().sum() for d in draws[1::-1])
    assert near < far
    moving = replace(batch, positions=batch.positions.clone().requires_grad_())
    assert not coupled.draw(moving).noise.requires_grad


def test_it_couples_in_the_models_units():
    """Positions divided by 2: the coupling sees the halved ones, which does not change an order."""
    batch = toy_batch()
    far = replace(batch, positions=2 * batch.positions)
    draws = []
    for model, given in (
        (toy_flow(coupling="equivariant"), batch),
        (toy_flow(coupling="equivariant", norm_values=(2.0, 4.0, 10.0)), far),
    ):
        torch.manual_seed(1)
        draws.append(model.draw(given).noise)
    assert torch.equal(*draws)


def test_autocast_changes_no_coupling():
    noise, positions, mask = (it.float() if it.is_floating_point() else it for it in scene((5, 3)))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = coupling.equivariant(noise, positions, mask)
    assert torch.equal(found, coupling.equivariant(noise, positions, mask))
