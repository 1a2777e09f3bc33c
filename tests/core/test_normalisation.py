"""Stiffness divided by its mean: slow loops, what cancels, and what it must not depend on."""

import math

import pytest
import torch

from core import oracle
from core.batches import SIZES, flat, gradient, padded
from eloss_plugins.core import (
    STIFFNESS_LAWS,
    BondEdges,
    Constant,
    Edges,
    Energy,
    Exponential,
    LossBatch,
)

EXACT = 1e-12


def assert_same(actual, expected):
    assert (actual - expected).norm() <= EXACT * expected.norm()


def slow(batch, law, pairs_of):
    """Loss and gradient of a padded batch, each molecule's law over its mean, by loops."""
    losses = torch.zeros(len(SIZES), dtype=torch.float64)
    slopes = torch.zeros_like(batch.target)
    for m, n in enumerate(SIZES):
        target, residual = batch.target[m, :n].tolist(), batch.residual[m, :n].tolist()
        stiffness = [law(math.dist(target[i], target[j])) for i, j in pairs_of(n)]
        if not stiffness:
            continue
        mean = sum(stiffness) / len(stiffness)
        ratio = (batch.noise[m] / batch.signal[m]).item()
        losses[m], slope = oracle.weighted_energy(
            target, residual, ratio, lambda d, mean=mean: law(d) / mean, pairs_of(n)
        )
        slopes[m, :n] = torch.tensor(slope, dtype=torch.float64)
    return losses, slopes


def every_pair(n):
    return [(i, j) for i in range(n) for j in range(i)]


def chain(n):
    return [(i, i + 1) for i in range(n - 1)]


@pytest.mark.parametrize("layout", ["padded", "flat"])
@pytest.mark.parametrize("name", STIFFNESS_LAWS)
def test_mean_one_equals_the_loops(name, layout):
    batch, loss = padded(), Energy(STIFFNESS_LAWS[name](), normalize="mean_one")
    value, slope = slow(batch, oracle.LAWS[name], every_pair)
    if layout == "flat":
        batch, kept = flat(batch)
        slope = slope.flatten(0, 1)[kept]
    assert_same(loss(batch), value)
    assert_same(gradient(loss, batch), slope)


def test_the_mean_is_over_the_pairs_of_the_edge_set():
    batch, loss = padded(), Energy(edges=BondEdges(), normalize="mean_one")
    value, slope = slow(batch, oracle.LAWS["exponential"], chain)
    assert_same(loss(batch), value)
    assert_same(gradient(loss, batch), slope)


def test_a_prefactor_cancels():
    batch = padded()
    bare, scaled = (Energy(Exponential(k), normalize="mean_one") for k in (1.0, 42.0))
    assert_same(scaled(batch), bare(batch))


def test_a_constant_law_becomes_one():
    batch = padded()
    assert_same(Energy(Constant(7.0), normalize="mean_one")(batch), Energy(Constant())(batch))


def test_a_molecule_does_not_depend_on_the_others_of_its_batch():
    batch, loss = padded(), Energy(normalize="mean_one")
    alone = LossBatch(batch.target[:1], batch.residual[:1], batch.signal[:1], batch.noise[:1])
    assert_same(loss(batch)[:1], loss(alone))


def test_weights_of_edges_still_multiply():
    batch = padded()

    def energy(weight):
        edges = Edges(batch.bonds.index, torch.full(batch.bonds.index.shape[1:], weight))
        return Energy(edges=lambda _: edges, normalize="mean_one")(batch)

    assert_same(energy(3.0), 3 * energy(1.0))


def test_a_molecule_whose_stiffness_vanishes_has_no_loss():
    far = torch.tensor([[[0.0, 0.0, 0.0], [1e4, 0.0, 0.0]]], dtype=torch.float64)
    one = torch.ones(1, dtype=torch.float64)
    loss, batch = Energy(normalize="mean_one"), LossBatch(far, 0.1 * far, one, one)
    assert loss(batch).item() == 0
    assert gradient(loss, batch).eq(0).all()
