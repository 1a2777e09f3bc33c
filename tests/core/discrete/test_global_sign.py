"""Losses that do not ask for the global sign: H(y) = H(-y), and nobody can know it."""

from dataclasses import replace

import pytest
import torch

from core.discrete import lattices
from eloss_plugins.core.discrete import (
    Couplings,
    CrossEntropy,
    CrossEntropyMin,
    LocalField,
    LocalFieldMin,
    PairEnergy,
    SpinBatch,
    TrueEnergy,
)
from eloss_plugins.testing import assert_close

FREE = pytest.mark.parametrize("loss", [LocalFieldMin(), CrossEntropyMin(), PairEnergy()])
LEAST = pytest.mark.parametrize(
    ("loss", "plain"),
    [(LocalFieldMin(), LocalField()), (CrossEntropyMin(), CrossEntropy())],
)


def value_and_slope(loss, batch):
    answer = loss(batch)
    return answer.detach(), torch.autograd.grad(answer.sum(), batch.logits)[0]


@FREE
def test_targets_of_random_sign_change_nothing(loss):
    batch = lattices.random_batch(systems=20)
    signs = lattices.random_spins(20, 1, seed=3)
    flipped = replace(batch, target=signs * batch.target)
    for found, expected in zip(
        value_and_slope(loss, flipped), value_and_slope(loss, batch), strict=True
    ):
        assert_close(found, expected)


@pytest.mark.parametrize("loss", [LocalFieldMin(), CrossEntropyMin(), PairEnergy(), TrueEnergy()])
def test_a_flipped_prediction_is_as_good(loss):
    batch = lattices.random_batch(systems=20)
    value, slope = value_and_slope(loss, batch)
    mirrored = replace(batch, logits=(-batch.logits).detach().requires_grad_())
    other, other_slope = value_and_slope(loss, mirrored)
    assert_close(other, value)
    assert_close(other_slope, -slope)


@pytest.mark.parametrize("plain", [CrossEntropy(), LocalField()])
def test_the_plain_losses_do_ask(plain):
    batch = lattices.random_batch()
    assert (plain(replace(batch, target=-batch.target)) - plain(batch)).abs().min() > 1e-3


@LEAST
def test_each_is_the_lesser_of_the_plain_loss_with_both_signs(loss, plain):
    batch = lattices.random_batch(systems=50)
    both = torch.stack([plain(batch), plain(replace(batch, target=-batch.target))])
    assert (both[0] < both[1]).any()
    assert (both[1] < both[0]).any()
    assert_close(loss(batch), both.min(0).values)


@LEAST
def test_at_a_tie_the_gradient_is_that_of_the_target_as_given(loss, plain):
    batch = replace(lattices.random_batch(), logits=torch.zeros(3, 12).requires_grad_())
    slope = value_and_slope(loss, batch)[1]
    assert_close(slope, value_and_slope(plain, batch)[1])
    assert (slope != 0).any()


@pytest.mark.parametrize("loss", [PairEnergy(), TrueEnergy()])
def test_sums_over_pairs_have_a_saddle_at_logits_0(loss):
    batch = replace(lattices.random_batch(), logits=torch.zeros(3, 12).requires_grad_())
    assert value_and_slope(loss, batch)[1].count_nonzero() == 0


@pytest.mark.parametrize("h0", [0.0, 0.5])
@pytest.mark.parametrize("periodic", [False, True])
def test_the_pair_energy_is_zero_for_the_data_and_its_flip_alone(periodic, h0):
    given = lattices.couplings(3, 3, periodic=periodic, systems=20)
    every = lattices.configurations(9)
    for row, y in zip(given.values, lattices.random_spins(20, 9), strict=True):
        one = Couplings(given.index, row)
        losses = lattices.at_corners(PairEnergy(h0=h0, temperature=0), y, one)
        same = (every == y).all(1) | (every == -y).all(1)
        assert torch.equal(losses == 0, same)
        assert losses[~same].min() > 1e-4


def test_parts_that_no_bond_joins_flip_on_their_own():
    two_pairs = Couplings(torch.tensor([[0, 2], [1, 3]]), torch.tensor([1.0, -2.0]).double())
    losses = lattices.at_corners(PairEnergy(temperature=0), torch.ones(4).double(), two_pairs)
    assert (losses == 0).sum() == 4


def test_a_pair_without_coupling_is_no_bond():
    given = Couplings(torch.tensor([[0, 1], [1, 2]]), torch.tensor([1.0, 0.0]))
    batch = SpinBatch(torch.tensor([[9e3, 9e3, -9e3]]), torch.ones(1, 3), given)
    assert PairEnergy(temperature=0)(batch) == 0


def test_the_pair_energy_is_the_sum_over_pairs():
    batch = lattices.random_batch()
    pairs = lattices.pairs_of(batch.couplings)
    rows = zip(
        *(t.tolist() for t in (batch.couplings.values, batch.target, batch.means, batch.logits)),
        strict=True,
    )
    for found, (values, y, m, z) in zip(PairEnergy(0.7, 0.3)(batch).tolist(), rows, strict=True):
        broken = sum(
            (abs(J) + 0.7) * (1 - y[i] * y[j] * m[i] * m[j])
            for (i, j), J in zip(pairs, values, strict=True)
        )
        expected = broken / len(y) - 0.3 * lattices.entropies_of(z)
        assert found == pytest.approx(expected, rel=1e-12)
