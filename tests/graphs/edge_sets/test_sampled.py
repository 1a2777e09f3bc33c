"""Edges drawn anew in each step."""

import copy
from dataclasses import replace

import pytest
import torch

from eloss_plugins import host
from eloss_plugins.core import Constant, Energy, Exponential, Inverse, LennardJones
from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.edge_sets.molecules import molecules_of
from eloss_plugins.graphs.edge_sets.random_regular import RandomRegular
from eloss_plugins.graphs.edge_sets.sampled import Sampled
from eloss_plugins.testing import BATTERY, SHAPE_BATTERY
from graphs.edge_sets.batches import (
    BUNDLED,
    DRUGLIKE,
    bundled,
    druglike,
    moved,
    padded,
    pairs_of,
)
from graphs.sampling.enumeration import outcomes

MOLECULES = bundled()
BATCH = padded(MOLECULES)
ANEW = {
    "padding",
    "molecules apart",
    "order of atoms",
    "repeatable",
    "first derivatives",
    "float32",
}
"""Checks that call a loss twice and expect one answer."""


def gradient(loss, batch):
    residual = batch.residual.clone().requires_grad_()
    return torch.autograd.grad(loss(replace(batch, residual=residual)).sum(), residual)[0]


def again(edges):
    """The edge set with its random numbers at their beginning, on every call."""

    def loss(batch):
        return Energy(edges=copy.deepcopy(edges))(batch)

    return loss


@pytest.mark.parametrize("check", [name for name in BATTERY if name not in ANEW])
def test_an_energy_over_it_stands_the_battery(check):
    BATTERY[check](Energy(edges=Sampled()))


@pytest.mark.parametrize("check", sorted(ANEW - {"order of atoms"}))
def test_with_one_draw_it_stands_the_rest(check):
    BATTERY[check](again(Sampled()))


def test_one_draw_does_not_see_motions():
    SHAPE_BATTERY["motions"](again(Sampled()))


@pytest.mark.parametrize("options", [{}, {"core": "none"}, {"core": "neighbours", "uniform": 0.0}])
def test_value_and_gradient_have_the_mean_of_the_complete_loss(options):
    """All draws of molecules of at most eight atoms, each with its probability."""
    small = padded(BUNDLED.subset((BUNDLED.sizes == 8).nonzero()[0][:3]), error=0.3)
    edges, loss = Sampled(edges_per_atom=1.5, **options), Energy()
    placed = molecules_of(small)
    plans = edges._kept.of(Exponential()).find(placed.molecules)
    mean, slope = torch.zeros(3, dtype=torch.float64), torch.zeros_like(small.residual)
    for place, plan in enumerate(plans):
        for probability, drawn in outcomes(plan):
            molecule = torch.full((len(drawn.pairs),), place).numpy()
            found = placed.edges(drawn.pairs, molecule, drawn.weight, small)
            one = Energy(edges=lambda batch, found=found: found)
            mean += probability * one(small)
            slope += probability * gradient(one, small)
    torch.testing.assert_close(mean, loss(small))
    torch.testing.assert_close(slope, gradient(loss, small))


def variance(edges, law, batch, draws):
    """Mean over molecules of E|g - G|**2 / |G|**2, G the gradient of the complete loss."""
    full, loss = gradient(Energy(law), batch), Energy(law, edges=edges)
    size = full.square().sum((1, 2))
    off = [(gradient(loss, batch) - full).square().sum((1, 2)) / size for _ in range(draws)]
    return torch.stack(off).mean().item()


def test_the_gradient_varies_little_where_equally_likely_pairs_vary_much():
    batch = padded(bundled(20))
    assert variance(Sampled(), Exponential(), batch, 20) < 0.05
    assert variance(RandomRegular(reweight=True), Exponential(), batch, 20) > 0.5


@pytest.mark.slow
@pytest.mark.skipif(not DRUGLIKE, reason="ELOSS_DRUGLIKE names no file of drug-like molecules")
@pytest.mark.parametrize("error", [0.05, 0.5])
def test_on_drug_like_molecules_the_relative_variance_is_below_a_tenth(error):
    batch, edges = padded(druglike(60), error=error), Sampled()
    drawn = edges(batch).index.shape[1] / int(batch.mask.sum())
    assert drawn == pytest.approx(5.0, abs=0.1)
    assert variance(edges, Exponential(), batch, 20) < 0.10
    assert variance(RandomRegular(12, reweight=True), Exponential(), batch, 10) > 0.6


def test_flat_laws_are_better_without_a_core():
    batch = padded(bundled(10))
    with_core, without = (
        variance(Sampled(core=core, edges_per_atom=3.5), Constant(), batch, 30)
        for core in ("auto", "none")
    )
    assert without < 0.7 * with_core


@pytest.mark.parametrize("law", [Exponential(), Inverse(), Constant(), LennardJones(bonded=9.0)])
def test_with_edges_enough_it_is_the_complete_loss(law):
    from eloss_plugins.chem.batch_bonds import find_batch_bonds

    bonds = find_batch_bonds(BATCH.target, BATCH.numbers, BATCH.mask)
    batch = replace(BATCH, bonds=bonds)
    sampled = Energy(law, edges=Sampled(edges_per_atom=100.0))
    torch.testing.assert_close(sampled(batch), Energy(law)(batch))


def test_it_knows_the_law_of_its_loss():
    soft, hard = (
        (Energy(law, edges=Sampled(core="none")), law)
        for law in (Exponential(length=0.3), Constant())
    )
    lengths = []
    for loss, law in (soft, hard):
        first, second = loss.edges.for_law(law)(BATCH).index
        flat = BATCH.target.flatten(0, 1)
        lengths.append((flat[first] - flat[second]).norm(dim=-1).mean())
    assert lengths[0] < lengths[1] - 0.3


def test_every_step_draws_other_edges_and_the_core_stays():
    edges = Sampled()
    drawn = [pairs_of(edges(BATCH), BATCH)[0] for _ in range(3)]
    assert drawn[0] != drawn[1] != drawn[2]
    bonds = pairs_of(Sampled(edges_per_atom=0.1)(BATCH), BATCH)[0]
    assert len(set.intersection(*drawn)) >= 14
    assert bonds


def test_the_certificate_is_there_if_asked_for():
    from eloss_plugins.graphs.edge_sets.rigid import Rigid

    always = pairs_of(Rigid(max_local=0, matchings=0)(BATCH), BATCH)
    drawn = pairs_of(Sampled(certificate=True)(BATCH), BATCH)
    assert all(fixed <= found for fixed, found in zip(always, drawn, strict=True))


def test_a_turned_batch_has_the_same_draw():
    torch.testing.assert_close(again(Sampled())(moved(BATCH)), again(Sampled())(BATCH))


def test_global_random_numbers_are_left_alone():
    loss, before = Energy(edges=Sampled()), torch.get_rng_state()
    loss(BATCH)
    assert torch.equal(torch.get_rng_state(), before)


def test_its_state_goes_through_a_bound_loss():
    first, second = (host.bind("gdm", "energy", "edges=sampled,seed=4") for _ in range(2))
    first.loss(BATCH)
    assert list(first.state_dict()) == ["edges"]
    second.load_state_dict(first.state_dict())
    assert torch.equal(first.loss(BATCH), second.loss(BATCH))
    assert host.bind("gdm", "energy").state_dict() == {}


def test_a_large_cloud_is_drawn_from_in_linear_time():
    count = 3000
    points = torch.rand(1, count, 3, generator=torch.Generator().manual_seed(0)) * (10 * count) ** (
        1 / 3
    )
    one = torch.ones(1)
    batch = replace(
        padded(bundled(1)), target=points, residual=0.01 * points, signal=one, noise=one,
        mask=None, numbers=None,
    )  # fmt: skip
    edges = Sampled()
    assert edges(batch).index.shape[1] == pytest.approx(5 * count, rel=0.02)
    plan = edges._kept.of(Exponential()).find(molecules_of(batch).molecules)[0]
    assert plan.far_rate > 0


@pytest.mark.parametrize(
    "options", ["core=ring", "edges_per_atom=0", "uniform=-0.1", "uniform=1.5"]
)
def test_wrong_options_are_refused(options):
    with pytest.raises(UsageError):
        host.bind("gdm", "energy", f"edges=sampled,{options}")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_under_compile_the_draw_stays_outside_of_the_graph():
    loss, draws = Energy(edges=Sampled()), Energy(edges=Sampled())
    torch._dynamo.reset()
    compiled = torch.compile(loss, backend="aot_eager")
    for _ in range(3):
        torch.testing.assert_close(compiled(BATCH), draws(BATCH))
