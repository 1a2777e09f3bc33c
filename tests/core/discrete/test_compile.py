"""The losses over spins under torch.compile: one graph, any sizes, the same numbers."""

import pytest
import torch

from core.discrete import lattices
from core.test_compile import WARNINGS, assert_same, compiled
from eloss_plugins.core.discrete import (
    DISCRETE_LOSSES,
    Couplings,
    FreeEnergy,
    IsingStates,
    PottsStates,
    Sampling,
    SpinBatch,
)

pytestmark = pytest.mark.slow


def over_spins(loss):
    def of(logits, target, index, values):
        return loss(SpinBatch(logits, target, Couplings(index, values)))

    return of


def parts(batch):
    return batch.logits, batch.target, batch.couplings.index, batch.couplings.values


@WARNINGS
@pytest.mark.parametrize("name", DISCRETE_LOSSES)
def test_one_graph_serves_lattices_of_any_size(name):
    plain = over_spins(DISCRETE_LOSSES[name]())
    function = compiled(plain)
    for size in (3, 4, 5):
        batch = lattices.random_batch(size, size, size + 1, dtype=torch.float32)
        assert_same(function, plain, *parts(batch))
    assert not torch._dynamo.utils.counters["graph_break"]


@WARNINGS
@pytest.mark.parametrize("energy", [IsingStates, PottsStates])
def test_the_free_energy_compiles(energy):
    batch = lattices.random_batch(dtype=torch.float32)

    def plain(logits, index, values):
        return FreeEnergy(energy(Couplings(index, values)))(logits)

    logits = torch.stack([torch.zeros_like(batch.logits), batch.logits], -1)
    assert_same(compiled(plain), plain, logits, *parts(batch)[2:])


@WARNINGS
def test_samples_compile():
    batch = lattices.random_batch()
    energy = IsingStates(batch.couplings)
    logits = torch.stack([torch.zeros_like(batch.logits), batch.logits], -1).detach()
    sampled = compiled(FreeEnergy(energy, 0.0, Sampling(2000)))(logits)
    assert (sampled - FreeEnergy(energy, 0.0)(logits)).abs().max() < 0.3
