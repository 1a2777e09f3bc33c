"""What every loss over spins must stand, and the closed forms of the simplest."""

import math
from dataclasses import replace

import pytest
import torch

from core.discrete import lattices
from eloss_plugins.core.discrete import (
    DISCRETE_LOSSES,
    Couplings,
    CrossEntropy,
    LocalField,
    Margin,
    SpinBatch,
    TrueEnergy,
)
from eloss_plugins.testing import assert_close

EVERY = pytest.mark.parametrize("loss", [made() for made in DISCRETE_LOSSES.values()], ids=repr)
OTHERS = (LocalField(offset="coupling"), LocalField(paper_literal=True))
NONE = Couplings(torch.empty(2, 0, dtype=torch.int64), torch.empty(0))
INF = math.inf


def value_and_slope(loss, batch):
    logits = batch.logits.detach().requires_grad_()
    answer = loss(replace(batch, logits=logits))
    return answer.detach(), torch.autograd.grad(answer.sum(), logits)[0]


def assert_same(one, other, dtype=None):
    for found, expected in zip(one, other, strict=True):
        assert_close(found, expected, dtype)


@EVERY
def test_one_number_each_in_float32_or_better(loss):
    for given, answered in (
        (torch.float64, torch.float64),
        (torch.float32, torch.float32),
        (torch.bfloat16, torch.float32),
        (torch.float16, torch.float32),
    ):
        answer = loss(lattices.random_batch(dtype=given))
        assert (answer.shape, answer.dtype) == ((3,), answered)


@EVERY
def test_float32_gives_what_float64_gives(loss):
    batch = lattices.random_batch(dtype=torch.float32)
    wide = Couplings(batch.couplings.index, batch.couplings.values.double())
    expected = value_and_slope(loss, SpinBatch(batch.logits.double(), batch.target, wide))
    assert_same(value_and_slope(loss, batch), expected, torch.float32)


@EVERY
def test_autocast_changes_nothing(loss):
    batch = lattices.random_batch(dtype=torch.float32)
    expected = value_and_slope(loss, batch)
    with torch.autocast("cpu", torch.bfloat16):
        found = value_and_slope(loss, batch)
    assert all(map(torch.equal, found, expected))


@pytest.mark.parametrize(
    "loss", [*(made() for made in DISCRETE_LOSSES.values()), *OTHERS], ids=repr
)
def test_first_and_second_derivatives(loss):
    batch = lattices.random_batch(systems=2, rows=2, columns=2)

    def of(logits):
        return loss(replace(batch, logits=logits))

    assert torch.autograd.gradcheck(of, batch.logits)
    assert torch.autograd.gradgradcheck(of, batch.logits)


@EVERY
def test_sites_may_be_numbered_in_any_way(loss):
    batch = lattices.random_batch()
    order = torch.randperm(12, generator=torch.Generator().manual_seed(0))
    place = order.argsort()
    moved = Couplings.from_edges(place[batch.couplings.index], batch.couplings.values)
    other = SpinBatch(batch.logits[:, order], batch.target[:, order], moved)
    value, slope = value_and_slope(loss, batch)
    assert_same(value_and_slope(loss, other), (value, slope[:, order]))


@EVERY
def test_systems_do_not_see_each_other(loss):
    batch = lattices.random_batch(systems=4)
    value, slope = value_and_slope(loss, batch)
    for i in range(4):
        own = Couplings(batch.couplings.index, batch.couplings.values[i])
        one = SpinBatch(batch.logits[i : i + 1], batch.target[i : i + 1], own)
        assert_same(value_and_slope(loss, one), (value[i : i + 1], slope[i : i + 1]))


@EVERY
def test_nan_stays_in_its_system(loss):
    batch = lattices.random_batch()
    logits = batch.logits.detach().clone()
    logits[1, 2] = math.nan
    value, slope = value_and_slope(loss, replace(batch, logits=logits))
    expected = value_and_slope(loss, batch)
    assert value[1].isnan()
    assert_same((value[::2], slope[::2]), (expected[0][::2], expected[1][::2]))


@EVERY
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("size", [1e4, 1e30, INF])
@pytest.mark.parametrize("kind", ["right", "wrong", "mixed"])
def test_saturated_logits_are_finite(loss, kind, size, dtype):
    batch = lattices.random_batch(dtype=dtype)
    mixed = lattices.random_spins(3, 12, seed=9)
    signs = {"right": batch.target, "wrong": -batch.target, "mixed": mixed}[kind]
    value, slope = value_and_slope(loss, replace(batch, logits=(size * signs).to(dtype)))
    assert slope.isfinite().all()
    asks_each_spin = "Margin" in repr(loss) or "CrossEntropy" in repr(loss)
    if size < INF or kind == "right" or not asks_each_spin:
        assert value.isfinite().all()


@EVERY
def test_the_gradient_is_bounded(loss):
    batch = lattices.random_batch(systems=50)
    strength = torch.zeros(12, dtype=torch.float64)
    for end in batch.couplings.index:
        strength.index_add_(0, end, torch.ones(batch.couplings.num_pairs).double())
    bound = (1.5 * strength + 1).max() / 12
    for size in (0.0, 0.1, 1.0, 30.0, 1e4):
        slope = value_and_slope(loss, replace(batch, logits=size * batch.logits))[1]
        assert slope.abs().max() <= bound


@EVERY
def test_one_site_without_couplings(loss):
    batch = SpinBatch(torch.tensor([[0.3], [-2.0]]), torch.ones(2, 1), NONE)
    value, slope = value_and_slope(loss, batch)
    assert value.isfinite().all()
    assert slope.isfinite().all()


@EVERY
def test_an_empty_batch_gives_an_empty_answer(loss):
    assert loss(SpinBatch(torch.zeros(0, 4), torch.zeros(0, 4), NONE)).shape == (0,)


@EVERY
def test_no_gradient_flows_into_data_and_couplings(loss):
    batch = lattices.random_batch()
    values, target = batch.couplings.values.requires_grad_(), batch.target.requires_grad_()
    answer = loss(SpinBatch(batch.logits, target, Couplings(batch.couplings.index, values)))
    assert torch.autograd.grad(answer.sum(), [values, target], allow_unused=True) == (None, None)


def test_cross_entropy_is_minus_the_log_of_the_probability():
    batch = SpinBatch(torch.tensor([[2.0, -1.0]]).double(), torch.tensor([[1, 1]]), NONE)
    expected = (math.log1p(math.exp(-2)) + math.log1p(math.exp(1))) / 2
    assert CrossEntropy()(batch).item() == pytest.approx(expected, rel=1e-14)


def test_margin_is_the_hinge_and_flat_at_its_corner():
    batch = SpinBatch(torch.tensor([[2.0, 1.0, 0.25, -3.0]]), torch.tensor([[1, 1, 1, 1]]), NONE)
    value, slope = value_and_slope(Margin(), batch)
    assert value.item() == (0.75 + 4) / 4
    assert slope.tolist() == [[0, 0, -0.25, -0.25]]
    assert Margin(margin=2.0)(batch).item() == (1 + 1.75 + 5) / 4


def likelihood(logits, spins):
    """Probability of one configuration."""
    return math.prod(1 / (1 + math.exp(-s * z)) for s, z in zip(spins, logits, strict=True))


@pytest.mark.parametrize("periodic", [False, True])
def test_the_true_energy_is_the_mean_over_all_configurations(periodic):
    batch = lattices.random_batch(rows=3, columns=3, periodic=periodic)
    pairs, every = lattices.pairs_of(batch.couplings), lattices.configurations(9).tolist()
    rows = zip(batch.couplings.values.tolist(), batch.logits.tolist(), strict=True)
    for found, (values, z) in zip(TrueEnergy(0.3)(batch).tolist(), rows, strict=True):
        chance = [likelihood(z, c) for c in every]
        energies = [lattices.energy_of(pairs, values, c) for c in every]
        mean = sum(p * e for p, e in zip(chance, energies, strict=True))
        assert found == pytest.approx(mean / 9 - 0.3 * lattices.entropies_of(z), rel=1e-12)


@pytest.mark.parametrize("name", DISCRETE_LOSSES)
def test_options_out_of_range_are_refused(name):
    for option in {"h0", "temperature"} & set(DISCRETE_LOSSES[name].__dataclass_fields__):
        for value in (-1.0, math.nan, INF):
            with pytest.raises(ValueError, match=f"{option} must be finite and 0 or more"):
                DISCRETE_LOSSES[name](**{option: value})


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, INF])
def test_a_margin_that_is_none_is_refused(value):
    with pytest.raises(ValueError, match="margin must be positive"):
        Margin(margin=value)


def test_low_precision_is_the_outputs_alone():
    batch = lattices.random_batch(dtype=torch.bfloat16)
    wide = Couplings(batch.couplings.index, batch.couplings.values.float())
    expected = SpinBatch(batch.logits.float(), batch.target, wide)
    assert_close(LocalField()(batch), LocalField()(expected), torch.float32)
