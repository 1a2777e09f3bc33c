"""Means by samples: right on average, in value and slope; and what each way refuses."""

import pytest
import torch

from core.discrete import lattices
from eloss_plugins.core.discrete import (
    Enumeration,
    FreeEnergy,
    IsingStates,
    Multilinear,
    PottsStates,
    Sampling,
)
from eloss_plugins.core.discrete.expectations import draw

RUNS = 4000
ERRORS = 4
"""Standard errors by which an average may miss; of some 60 numbers one in 300 seeds would."""


def drawn(made, states, systems=RUNS):
    """An energy of one system, and its logits as often as there are runs."""
    given = lattices.couplings(2, 2, periodic=False, systems=1)
    generator = torch.Generator().manual_seed(2)
    logits = torch.randn(1, 4, states, generator=generator, dtype=torch.float64)
    return made(type(given)(given.index, given.values[0])), logits.expand(systems, -1, -1)


def runs(energy, logits, *, baseline, samples=4):
    """`(runs,)` values and `(runs, sites * states)` slopes of independent estimates."""
    logits = logits.clone().requires_grad_()
    way = Sampling(samples, baseline, torch.Generator().manual_seed(11))
    values = FreeEnergy(energy, 0.3, way)(logits)
    (slopes,) = torch.autograd.grad(values.sum(), logits)
    return values.detach(), slopes.flatten(1)


def assert_right_on_average(found, expected):
    error = found.std(0) / found.shape[0] ** 0.5
    assert ((found.mean(0) - expected).abs() <= ERRORS * error + 1e-12).all()


@pytest.mark.parametrize("baseline", [False, True])
@pytest.mark.parametrize(("made", "states"), [(IsingStates, 2), (PottsStates, 3)])
def test_value_and_slope_are_right_on_average(made, states, baseline):
    energy, logits = drawn(made, states)
    exact = logits[:1].clone().requires_grad_()
    expected = FreeEnergy(energy, 0.3, Multilinear())(exact)
    (slope,) = torch.autograd.grad(expected.sum(), exact)
    values, slopes = runs(energy, logits, baseline=baseline)
    assert_right_on_average(values, expected.detach())
    assert_right_on_average(slopes, slope.flatten())


@pytest.mark.parametrize("offset", [0.0, 10.0])
def test_the_baseline_takes_variance_away(offset):
    energy, logits = drawn(PottsStates, 3)

    def shifted(states):
        return energy(states) + offset

    without, with_baseline = (
        runs(shifted, logits, baseline=b)[1].var(0).sum() for b in (False, True)
    )
    assert with_baseline <= (0.05 if offset else 1) * without


def test_the_slope_of_the_energys_own_parameters_is_kept():
    scale = torch.ones((), dtype=torch.float64, requires_grad=True)
    energy, logits = drawn(PottsStates, 3, systems=2)
    value = FreeEnergy(lambda s: scale * energy(s), 0.0, Sampling(16))(logits)
    (slope,) = torch.autograd.grad(value.sum(), scale)
    assert slope.item() == pytest.approx(value.sum().item())


def test_states_are_drawn_as_often_as_they_should():
    chances = torch.tensor([0.5, 0.0, 0.2, 0.3], dtype=torch.float64)
    drawn_states = draw(chances.log()[None, None], 40_000, torch.Generator().manual_seed(0))
    counts = torch.bincount(drawn_states.flatten(), minlength=4)
    assert counts[1] == 0
    error = (chances * (1 - chances) * 40_000) ** 0.5
    assert ((counts - 40_000 * chances).abs() <= ERRORS * error).all()


def test_one_seed_gives_one_answer():
    energy, logits = drawn(IsingStates, 2, systems=3)
    first, again = (runs(energy, logits, baseline=True) for _ in range(2))
    assert torch.equal(first[0], again[0])
    assert torch.equal(first[1], again[1])


def test_nan_stays_in_its_system():
    energy, logits = drawn(IsingStates, 2, systems=3)
    logits = logits.clone()
    logits[1, 0, 0] = torch.nan
    values, slopes = runs(energy, logits, baseline=True)
    assert values.isnan().tolist() == [False, True, False]
    assert slopes[::2].isfinite().all()


def plain(states):
    return states.double().sum(-1)


def test_a_plain_function_has_no_closed_form():
    with pytest.raises(
        TypeError, match=r"`expected\(probabilities\)`; function has none.*Sampling"
    ):
        FreeEnergy(plain)(torch.zeros(1, 3, 2))


def test_large_systems_are_not_enumerated():
    with pytest.raises(ValueError, match="17 sites of 2 states have more than 65536 config"):
        FreeEnergy(plain, expectation=Enumeration())(torch.zeros(1, 17, 2))


@pytest.mark.parametrize("way", [Sampling(5), Enumeration()])
def test_an_energy_of_the_wrong_shape_is_named(way):
    with pytest.raises(ValueError, match=r"one number for each system and sample, \(\d+, 2\); got"):
        FreeEnergy(lambda states: states.double(), expectation=way)(torch.zeros(2, 2, 2))


@pytest.mark.parametrize(("samples", "baseline"), [(1, True), (0, False)])
def test_too_few_samples_are_refused(samples, baseline):
    with pytest.raises(ValueError, match="samples must be . or more, with"):
        Sampling(samples, baseline)
