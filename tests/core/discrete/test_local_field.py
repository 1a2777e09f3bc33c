"""Where the local-field loss is least: at the data, and nowhere else."""

import math
from dataclasses import replace

import pytest
import torch

from core.discrete import lattices
from eloss_plugins.core.discrete import LocalField, SpinBatch

SHAPES = [(1, 2), (2, 2), (1, 5), (2, 3), (3, 3)]
BOUNDARIES = pytest.mark.parametrize("periodic", [False, True])
MANY = 100
ANY_DATA = 4.01


def problems(rows, columns, *, periodic, ground):
    """Couplings, and a configuration of each system: its ground state, or any."""
    given = lattices.couplings(rows, columns, periodic=periodic, systems=MANY)
    if ground:
        return given, lattices.ground_states(given, rows * columns)
    return given, lattices.random_spins(MANY, rows * columns, seed=7)


def minimisers(loss, given, data):
    """For each system the configurations of least loss, all of them tried one by one."""
    sites = data.shape[1]
    every = lattices.configurations(sites)
    found = []
    for row, target in zip(given.values, data, strict=True):
        one = type(given)(given.index, row)
        losses = lattices.at_corners(loss, target, one)
        found.append(every[losses <= losses.min() + 1e-12])
    return found


def share_right(loss, given, data):
    """Share of the systems whose unique minimiser is the data."""
    found = minimisers(loss, given, data)
    right = [
        len(least) == 1 and torch.equal(least[0], y) for least, y in zip(found, data, strict=True)
    ]
    return sum(right) / len(right)


@BOUNDARIES
@pytest.mark.parametrize("h0", [0.0, 0.01, 0.5])
@pytest.mark.parametrize(("rows", "columns"), SHAPES)
def test_ground_states_are_the_only_minimum(rows, columns, h0, periodic):
    given, data = problems(rows, columns, periodic=periodic, ground=True)
    assert share_right(LocalField(h0=h0), given, data) == 1


def test_of_fields_that_cancel_only_an_offset_decides():
    given = lattices.couplings(3, 3, periodic=False, systems=MANY)
    given = replace(given, values=given.values.sign())
    data = lattices.ground_states(given, 9)
    assert (data * given.field(data) == 0).any()
    assert share_right(LocalField(h0=0.01), given, data) == 1
    assert share_right(LocalField(h0=0), given, data) < 0.5


@BOUNDARIES
@pytest.mark.parametrize(("rows", "columns"), SHAPES)
def test_any_data_are_the_only_minimum_for_a_large_enough_offset(rows, columns, periodic):
    given, data = problems(rows, columns, periodic=periodic, ground=False)
    assert share_right(LocalField(h0=ANY_DATA), given, data) == 1


def test_without_an_offset_other_data_are_not():
    given, data = problems(3, 3, periodic=False, ground=False)
    assert share_right(LocalField(h0=0), given, data) < 0.1


@BOUNDARIES
def test_the_printed_equation_never_finds_the_data(periodic):
    given, data = problems(3, 3, periodic=periodic, ground=True)
    assert share_right(LocalField(h0=5, paper_literal=True), given, data) == 0


@BOUNDARIES
def test_the_printed_offset_seldom_finds_the_data(periodic):
    given, data = problems(3, 3, periodic=periodic, ground=True)
    assert share_right(LocalField(h0=5, offset="coupling"), given, data) < 0.1


def preferred(loss, given, data):
    """Signs of the minimiser: the energy is linear, so the slope at logits 0 gives them."""
    logits = torch.zeros_like(data, requires_grad=True)
    (slope,) = torch.autograd.grad(loss(SpinBatch(logits, data, given)).sum(), logits)
    return -slope.sign()


@pytest.mark.parametrize(
    ("options", "periodic", "right", "wrong_spins"),
    [
        ({"paper_literal": True, "h0": 5.0}, False, 0, 0.59),
        ({"paper_literal": True, "h0": 5.0}, True, 0, 0.68),
        ({"offset": "coupling", "h0": 5.0}, False, 0, 0.41),
        ({"offset": "coupling", "h0": 5.0}, True, 0.01, 0.32),
        ({"offset": "coupling"}, False, 0.15, 0.13),
        ({"offset": "coupling"}, True, 0.16, 0.11),
        ({}, False, 1, 0),
        ({"h0": 0.0}, True, 1, 0),
    ],
)
def test_of_16_spins_as_many_prefer_the_wrong_side_as_the_page_says(
    options, periodic, right, wrong_spins
):
    given = lattices.couplings(4, 4, periodic=periodic, systems=200, seed=3)
    data = lattices.ground_states(given, 16)
    agree = preferred(LocalField(**options), given, data) == data
    assert agree.all(1).double().mean().item() == pytest.approx(right, abs=0.006)
    assert 1 - agree.double().mean().item() == pytest.approx(wrong_spins, abs=0.006)


def mean_field(batch, h0, temperature):
    """The logits 2 y_i w_i / T, by loops."""
    pairs, rows = lattices.pairs_of(batch.couplings), []
    for values, y in zip(batch.couplings.values.tolist(), batch.target.tolist(), strict=True):
        fields = lattices.fields_of(pairs, values, y)
        pulls = [s * h + h0 for s, h in zip(y, fields, strict=True)]
        rows.append([2 * s * w / temperature for s, w in zip(y, pulls, strict=True)])
    return torch.tensor(rows, dtype=torch.float64).requires_grad_()


@pytest.mark.parametrize(("h0", "temperature"), [(0.0, 0.7), (0.5, 0.1), (ANY_DATA, 2.0)])
def test_the_slope_vanishes_at_the_mean_field_solution(h0, temperature):
    batch = lattices.random_batch(rows=3, columns=3)
    best = replace(batch, logits=mean_field(batch, h0, temperature))
    means = [[math.tanh(z / 2) for z in row] for row in best.logits.tolist()]
    assert torch.allclose(best.means, torch.tensor(means, dtype=torch.float64), rtol=1e-14)
    (slope,) = torch.autograd.grad(LocalField(h0, temperature)(best).sum(), best.logits)
    assert slope.abs().max() < 1e-15


def test_every_other_prediction_has_a_greater_loss():
    batch = lattices.random_batch(systems=500, rows=2, columns=3)
    loss, best = LocalField(h0=2.0, temperature=0.5), mean_field(batch, 2.0, 0.5)
    least = loss(replace(batch, logits=best))
    for width in (0.01, 1.0, 10.0):
        other = best + width * lattices.uniform(500, 6, seed=4)
        assert (loss(replace(batch, logits=other)) > least).all()


def by_means(batch, means):
    """The loss of the predictions with these means: the logits are their inverse."""
    logits = 2 * torch.atanh(means)
    return LocalField()(SpinBatch(logits, batch.target, batch.couplings))


def test_it_is_convex_in_the_means():
    batch = lattices.random_batch(systems=1, rows=2, columns=3)
    means = lattices.uniform(6, seed=5)
    hessian = torch.autograd.functional.hessian(lambda m: by_means(batch, m[None])[0], means)
    curvature = 0.1 / 6 / (1 - means.square())
    assert torch.allclose(hessian, curvature.diag(), rtol=1e-8, atol=1e-12)


def test_half_way_between_two_predictions_it_is_at_most_half_way():
    batch = lattices.random_batch(systems=200, rows=3, columns=3)
    one, other = lattices.uniform(2, 200, 9, seed=6)
    middle = by_means(batch, (one + other) / 2)
    assert (middle < (by_means(batch, one) + by_means(batch, other)) / 2).all()


def test_the_value_is_the_sum_over_sites():
    batch = lattices.random_batch()
    pairs = lattices.pairs_of(batch.couplings)
    rows = zip(
        batch.couplings.values.tolist(), batch.target.tolist(), batch.logits.tolist(), strict=True
    )
    for found, (values, y, z) in zip(LocalField(0.7, 0.3)(batch).tolist(), rows, strict=True):
        fields = lattices.fields_of(pairs, values, y)
        terms = [(h + 0.7 * s) * math.tanh(u / 2) for h, s, u in zip(fields, y, z, strict=True)]
        expected = -sum(terms) / len(y) - 0.3 * lattices.entropies_of(z)
        assert found == pytest.approx(expected, rel=1e-12)


def test_a_pair_without_coupling_is_no_bond_of_the_printed_offset():
    batch = lattices.random_batch(systems=1)
    values = batch.couplings.values.clone()
    values[:, 2] = 0
    without = [i for i in range(values.shape[1]) if i != 2]
    kind = type(batch.couplings)
    zero = kind(batch.couplings.index, values)
    gone = kind(batch.couplings.index[:, without], values[:, without])
    loss = LocalField(offset="coupling")
    losses = [loss(SpinBatch(batch.logits, batch.target, c)) for c in (zero, gone)]
    assert torch.allclose(*losses, rtol=1e-14)


def test_an_unknown_offset_is_refused():
    with pytest.raises(ValueError, match="unknown offset 'both'; known: site, coupling"):
        LocalField(offset="both")
