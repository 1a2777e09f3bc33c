"""The Gram loss against Gram matrices written out, and what it is blind to."""

import math
from dataclasses import replace

import pytest
import torch

from core.batches import flat, gradient, padded
from eloss_plugins.core import BondEdges, Energy, Gram, LossBatch
from eloss_plugins.equivariance import move_prediction, random_motions

SUM = Gram(reduction="sum")


def gram_matrix(positions):
    """Entries of X X^T of centred positions, in plain Python."""
    count = len(positions)
    middle = [sum(axis) / count for axis in zip(*positions, strict=True)]
    moved = [[x - m for x, m in zip(atom, middle, strict=True)] for atom in positions]
    return [[sum(map(math.prod, zip(a, b, strict=True))) for b in moved] for a in moved]


def written_out(target, prediction):
    true, predicted = gram_matrix(target), gram_matrix(prediction)
    rows = zip(predicted, true, strict=True)
    return sum((p - t) ** 2 for ps, ts in rows for p, t in zip(ps, ts, strict=True))


def by_hand(batch):
    """|dG|**2 / max(r**2, r**4) of each molecule; the last ones are small enough to be 0."""
    found = []
    for place, real in enumerate(batch.mask):
        ratio = (batch.noise / batch.signal)[place]
        target, residual = batch.target[place][real], batch.residual[place][real]
        both = target.tolist(), (target + ratio * residual).tolist()
        error = written_out(*both) if len(target) > 1 else 0.0
        found.append(error / max(ratio**2, ratio**4))
    return torch.stack([torch.as_tensor(value, dtype=torch.float64) for value in found])


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_equals_the_gram_matrices_written_out(dimensions):
    batch = padded(dimensions)
    torch.testing.assert_close(SUM(batch), by_hand(batch), rtol=1e-11, atol=1e-12)


def test_flat_equals_padded():
    batch = padded()
    torch.testing.assert_close(SUM(flat(batch)[0]), SUM(batch), rtol=1e-12, atol=1e-12)


def test_per_atom_divides_by_the_atoms():
    batch = padded(sizes=(6, 4, 2))
    torch.testing.assert_close(Gram()(batch) * torch.tensor([6.0, 4, 2]), SUM(batch))


def test_a_moved_turned_or_mirrored_prediction_has_the_same_loss():
    batch = padded()
    for improper in (False, True):
        moved = move_prediction(batch, random_motions(batch, improper=improper))
        torch.testing.assert_close(SUM(moved), SUM(batch), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("ratio", [1e-6, 1e-3, 1.0])
def test_a_turned_but_exact_prediction_has_no_loss(ratio):
    """Turned by an angle in proportion to the noise, as far as a prediction is ever off."""
    batch = padded(sizes=(6, 5))
    angle = torch.tensor(0.5 * ratio, dtype=torch.float64)
    cos, sin = angle.cos() - 1, angle.sin()
    turn = torch.zeros(3, 3, dtype=torch.float64)
    turn[0, 0], turn[0, 1], turn[1, 0], turn[1, 1] = cos, -sin, sin, cos
    residual = batch.target @ turn.T / ratio
    one = torch.ones(2, dtype=torch.float64)
    exact = replace(batch, residual=residual, signal=one, noise=ratio * one)
    assert SUM(exact).max() < 1e-10
    assert gradient(SUM, exact).abs().max() < 1e-9 / ratio * 1e-3 + 1e-9


def test_near_the_optimum_it_is_quadratic_to_the_last_digits():
    batch = padded(sizes=(6, 5))
    small = [SUM(replace(batch, residual=scale * batch.residual)) for scale in (1e-7, 1e-8)]
    torch.testing.assert_close(small[0], 100 * small[1], rtol=1e-5, atol=0)


@pytest.mark.parametrize(("signal", "noise"), [(1.0, 0.0), (0.0, 1.0)])
def test_both_ends_of_a_schedule_are_reached(signal, noise):
    batch = padded(sizes=(6, 5))
    level = torch.full_like(batch.signal, signal), torch.full_like(batch.noise, noise)
    near = level[0].clamp_min(1e-9), level[1].clamp_min(1e-9)
    at = SUM(replace(batch, signal=level[0], noise=level[1]))
    beside = SUM(replace(batch, signal=near[0], noise=near[1]))
    torch.testing.assert_close(at, beside, rtol=1e-6, atol=0)
    assert at.min() > 0


def test_the_ratio_to_an_energy_does_not_depend_on_the_unit_of_length():
    batch = padded(sizes=(6, 5))
    scaled = replace(batch, target=batch.target / 4, residual=batch.residual / 4, length_scale=4.0)
    for loss in (SUM, Energy()):
        torch.testing.assert_close(16 * loss(scaled), loss(batch))


def test_as_a_companion_it_is_added_to_the_sum_over_pairs():
    batch = padded(sizes=(6, 5))
    alone, both = Energy(edges=BondEdges()), Energy(edges=BondEdges(), gram=0.1)
    torch.testing.assert_close(both(batch), alone(batch) + 0.1 * Gram()(batch))


def test_as_a_companion_it_sees_what_bonds_do_not():
    target = torch.tensor([[[0.0, 0, 0], [1, 0, 0], [1, 1, 0]]], dtype=torch.float64)
    opened = target.clone()
    opened[0, 2] = torch.tensor([2.0, 0, 0])
    one = torch.ones(1, dtype=torch.float64)
    bonds = replace(padded(sizes=(3,)).bonds)
    batch = LossBatch(target, opened - target, one, one, bonds=bonds)
    assert Energy(edges=BondEdges())(batch) == 0
    assert Energy(edges=BondEdges(), gram=0.1)(batch) > 0


def test_a_negative_companion_is_refused():
    with pytest.raises(ValueError, match="gram must be finite and 0 or more"):
        Energy(gram=-0.1)
