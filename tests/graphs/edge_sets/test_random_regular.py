"""The paper's graphs as an edge set."""

import numpy as np
import pytest
import torch

from eloss_plugins import host
from eloss_plugins.core import Energy
from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.edge_sets.random_regular import RandomRegular
from graphs.edge_sets.batches import bundled, padded, pairs_of

MOLECULES = bundled()
BATCH = padded(MOLECULES)


@pytest.mark.parametrize("pool", [0, 5])
@pytest.mark.parametrize("degree", [4, 6])
def test_every_atom_has_the_degree(degree, pool):
    index = RandomRegular(degree, pool)(BATCH).index
    found = torch.bincount(index.flatten(), minlength=BATCH.num_slots).reshape(BATCH.mask.shape)
    assert (found[~BATCH.mask] == 0).all()
    short = degree * BATCH.mask.sum(1) - found.sum(1)
    assert ((short == 0) | (short == 1)).all()


def test_steps_draw_other_graphs_and_a_pool_bounds_how_many():
    edges = RandomRegular(pool=3)
    drawn = {frozenset(pairs_of(edges(BATCH), BATCH)[0]) for _ in range(40)}
    assert len(drawn) == 3
    assert len({frozenset(pairs_of(RandomRegular(pool=0, seed=s)(BATCH), BATCH)[0])
                for s in range(5)}) == 5  # fmt: skip


def test_unweighted_as_in_the_paper_and_reweighted_by_option():
    assert RandomRegular()(BATCH).weight is None
    weight = RandomRegular(reweight=True)(BATCH).weight
    per_molecule = MOLECULES.sizes * (MOLECULES.sizes - 1) // 2
    assert weight.sum().item() == pytest.approx(per_molecule.sum())


def test_reweighted_it_is_the_complete_loss_on_average():
    loss, edges = Energy()(BATCH), RandomRegular(reweight=True, pool=0)
    mean = torch.stack([Energy(edges=edges)(BATCH) for _ in range(400)]).mean(0)
    assert ((mean - loss).abs() / loss).max() < 0.1


def test_small_molecules_have_all_pairs():
    assert RandomRegular(degree=30)(BATCH).index.shape[1] == np.sum(
        MOLECULES.sizes * (MOLECULES.sizes - 1) // 2
    )


@pytest.mark.parametrize("options", ["degree=0", "pool=-1"])
def test_wrong_options_are_refused(options):
    with pytest.raises(UsageError, match="or more"):
        host.bind("gdm", "energy", f"edges=random-regular,{options}")


def test_its_draws_go_on_from_a_saved_state():
    one, other = RandomRegular(), RandomRegular(seed=0)
    one(BATCH)
    other.load_state_dict(one.state_dict())
    assert torch.equal(one(BATCH).index, other(BATCH).index)
