"""The variational free energy against sums over all states, and where it is least."""

import itertools
import math

import pytest
import torch

from core.discrete import lattices
from eloss_plugins.core.discrete import (
    Enumeration,
    FreeEnergy,
    IsingStates,
    LocalField,
    Multilinear,
    PottsStates,
    Sampling,
    SpinBatch,
    TrueEnergy,
)
from eloss_plugins.testing import assert_close

EXACT = pytest.mark.parametrize("way", [Multilinear(), Enumeration()])


def triples(states):
    """An energy that is no sum over pairs, as a plain function."""
    wide = states.double()
    return (wide[..., :-2] * wide[..., 1:-1] * wide[..., 2:]).sum(-1) - wide.square().sum(-1)


def triples_of(_, state):
    runs = zip(state, state[1:], state[2:], strict=False)
    return sum(a * b * c for a, b, c in runs) - sum(a * a for a in state)


def ising_of(system, state):
    pairs, values = system
    return lattices.energy_of(pairs, values, [2 * s - 1 for s in state])


def potts_of(system, state):
    return -sum(J for (i, j), J in zip(*system, strict=True) if state[i] == state[j])


def by_hand(energy, system, logits, temperature):
    """Sum over all states of q (E + T log q): mean and entropy in one, nothing shared."""
    chances = [[math.exp(z) / sum(map(math.exp, site)) for z in site] for site in logits]
    total = 0.0
    for state in itertools.product(*(range(len(site)) for site in logits)):
        chance = math.prod(site[s] for site, s in zip(chances, state, strict=True))
        total += chance * (energy(system, state) + temperature * math.log(chance))
    return total


def drawn(states, *, rows=2, columns=3, systems=3):
    given = lattices.couplings(rows, columns, periodic=False, systems=systems)
    generator = torch.Generator().manual_seed(1)
    shape = (systems, rows * columns, states)
    return given, torch.randn(shape, generator=generator, dtype=torch.float64).requires_grad_()


def systems_of(given):
    return [(lattices.pairs_of(given), values) for values in given.values.tolist()]


@EXACT
@pytest.mark.parametrize(
    ("made", "oracle", "states"),
    [(IsingStates, ising_of, 2), (PottsStates, potts_of, 2), (PottsStates, potts_of, 3)],
)
def test_it_is_the_sum_over_all_states(made, oracle, states, way):
    given, logits = drawn(states)
    expected = [
        by_hand(oracle, system, site_logits, 0.3)
        for system, site_logits in zip(systems_of(given), logits.tolist(), strict=True)
    ]
    found = FreeEnergy(made(given), 0.3, way)(logits)
    assert found.tolist() == pytest.approx(expected, rel=1e-12)


def test_any_function_of_states_will_do():
    _, logits = drawn(3)
    expected = [by_hand(triples_of, None, site_logits, 0.3) for site_logits in logits.tolist()]
    found = FreeEnergy(triples, 0.3, Enumeration())(logits)
    assert found.tolist() == pytest.approx(expected, rel=1e-12)


@EXACT
def test_gradients(way):
    given, logits = drawn(3, rows=1, columns=3, systems=2)
    loss = FreeEnergy(PottsStates(given), 0.3, way)
    assert torch.autograd.gradcheck(loss, logits)
    assert torch.autograd.gradgradcheck(loss, logits)


def test_of_spins_it_is_the_true_energy():
    batch = lattices.random_batch()
    logits = torch.stack([torch.zeros_like(batch.logits), batch.logits], -1)
    found = FreeEnergy(IsingStates(batch.couplings), 0.3)(logits) / 12
    assert_close(found, TrueEnergy(0.3)(batch))


def boltzmann(energy, system, states, sites, temperature):
    """-T log of the sum over all states of exp(-E / T)."""
    every = itertools.product(range(states), repeat=sites)
    return -temperature * math.log(
        sum(math.exp(-energy(system, state) / temperature) for state in every)
    )


@pytest.mark.parametrize(
    ("made", "oracle", "states"), [(IsingStates, ising_of, 2), (PottsStates, potts_of, 3)]
)
def test_it_lies_above_that_of_boltzmann(made, oracle, states):
    given, logits = drawn(states)
    bounds = [boltzmann(oracle, system, states, 6, 0.3) for system in systems_of(given)]
    for scale in (0.0, 1.0, 10.0):
        found = FreeEnergy(made(given), 0.3)(scale * logits)
        assert (found > torch.tensor(bounds, dtype=torch.float64)).all()


def test_of_sites_without_couplings_the_minimum_is_boltzmanns():
    levels = torch.tensor([[0.0, 0.5, -1.0], [2.0, 0.0, 0.1]], dtype=torch.float64)

    def energy(states):
        return levels.T.gather(0, states.flatten(0, -2)).sum(-1).reshape(states.shape[:-1])

    logits = (-levels / 0.7)[None].clone().requires_grad_()
    value = FreeEnergy(energy, 0.7, Enumeration())(logits)
    expected = -0.7 * sum(
        math.log(sum(math.exp(-e / 0.7) for e in site)) for site in levels.tolist()
    )
    assert value.item() == pytest.approx(expected, rel=1e-12)
    (slope,) = torch.autograd.grad(value.sum(), logits)
    assert slope.abs().max() < 1e-15


def test_at_its_least_each_site_is_boltzmann_in_the_field_of_the_others():
    given, logits = drawn(3, systems=1)
    probabilities = logits.softmax(-1).detach()
    pairs, values = systems_of(given)[0]
    for _ in range(300):
        for site in range(6):
            fields = [0.0] * 3
            for (i, j), J in zip(pairs, values, strict=True):
                if site in (i, j):
                    other = probabilities[0, j if site == i else i].tolist()
                    fields = [f + J * p for f, p in zip(fields, other, strict=True)]
            probabilities[0, site] = (torch.tensor(fields).double() / 0.5).softmax(-1)
    best = probabilities.log().requires_grad_()
    loss = FreeEnergy(PottsStates(given), 0.5)
    least = loss(best)
    (slope,) = torch.autograd.grad(least.sum(), best)
    assert slope.abs().max() < 1e-7
    near = best + 0.02 * lattices.uniform(200, 6, 3, seed=7)
    assert all(loss(one[None]) > least for one in near)


@pytest.mark.parametrize("way", [Multilinear(), Enumeration(), Sampling(8)])
@pytest.mark.parametrize("large", [1e4, math.inf])
def test_saturated_logits_are_finite(large, way):
    given, _ = drawn(2, systems=1)
    spins = lattices.random_spins(1, 6)
    up, down = (torch.where(spins == s, large, -large).float() for s in (1, -1))
    logits = torch.stack([down, up], -1).requires_grad_()
    found = FreeEnergy(IsingStates(given), 0.3, way)(logits)
    assert_close(found.double(), given.energy(spins))
    assert torch.autograd.grad(found.sum(), logits)[0].count_nonzero() == 0


def test_a_forbidden_state_may_have_an_infinite_energy():
    def energy(states):
        return torch.where(states.sum(-1) == 2, math.inf, states.sum(-1).double())

    logits = torch.tensor([[[0.0, -math.inf], [0.0, 0.0]]], dtype=torch.float64)
    logits.requires_grad_()
    found = FreeEnergy(energy, 0.0, Enumeration())(logits)
    assert found.item() == 0.5
    (slope,) = torch.autograd.grad(found.sum(), logits)
    assert slope.tolist() == [[[0, 0], [-0.25, 0.25]]]


def test_autocast_and_low_precision_are_computed_in_float32():
    given, logits = drawn(3)
    low = logits.detach().bfloat16()
    expected = FreeEnergy(PottsStates(given))(low.float())
    with torch.autocast("cpu", torch.bfloat16):
        found = FreeEnergy(PottsStates(given))(low)
    assert torch.equal(found, expected)


@pytest.mark.parametrize(
    ("logits", "error", "words"),
    [
        (torch.zeros(2, 6), ValueError, r"\(systems, sites, states\).*got \(2, 6\).*torch.stack"),
        (torch.zeros(2, 0, 2), ValueError, r"got \(2, 0, 2\)"),
        (torch.zeros(2, 6, 2).long(), TypeError, "floating-point"),
        (torch.zeros(2, 6, 3), ValueError, r"energy has 2 states; got logits of 3"),
    ],
)
def test_bad_logits_get_one_sentence(logits, error, words):
    given, _ = drawn(2, systems=2)
    with pytest.raises(error, match=words) as caught:
        FreeEnergy(IsingStates(given))(logits)
    assert "\n" not in str(caught.value)


def test_a_negative_temperature_is_refused():
    with pytest.raises(ValueError, match="temperature must be finite and 0 or more; got -1"):
        FreeEnergy(triples, -1.0)


def test_the_data_may_stand_in_the_energy():
    batch = lattices.random_batch(rows=2, columns=3)
    weights = batch.target_field + 0.5 * batch.target

    def energy(states):
        return -(weights * (2 * states - 1)).sum(-1)

    logits = torch.stack([torch.zeros_like(batch.logits), batch.logits], -1)
    found = FreeEnergy(energy, 0.1, Enumeration())(logits) / 6
    assert_close(found, LocalField()(SpinBatch(batch.logits, batch.target, batch.couplings)))
