"""The fixed certified graph as an edge set."""

import numpy as np
import pytest
import torch

from eloss_plugins import host
from eloss_plugins.core import Energy, LossBatch
from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.edge_sets.rigid import Rigid
from eloss_plugins.graphs.rigid.build import build
from eloss_plugins.graphs.rigid.options import RigidOptions
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.testing import BATTERY, SHAPE_BATTERY
from graphs.edge_sets.batches import bundled, padded, pairs_of

MOLECULES = bundled()
BATCH = padded(MOLECULES)
ORDERED = {"order of atoms"}  # a graph is built from atoms in their order


@pytest.mark.parametrize("check", [name for name in BATTERY if name not in ORDERED])
def test_an_energy_over_it_stands_the_battery(check):
    BATTERY[check](Energy(edges=Rigid()))


def test_an_energy_over_it_does_not_see_motions():
    SHAPE_BATTERY["motions"](Energy(edges=Rigid()))


def test_its_edges_are_those_of_the_builder():
    found = pairs_of(Rigid(core="neighbours", neighbours=5, matchings=1, seed=3)(BATCH), BATCH)
    options = RigidOptions(neighbours=5, matchings=1, seed=3)
    for place, molecule in enumerate(MOLECULES):
        graph = build(Structure(molecule.positions), options)
        assert found[place] == set(map(tuple, graph.edges.tolist()))


def test_bonds_are_found_where_elements_are_known():
    by_bonds, by_distance = (Rigid(core=core)(BATCH).index.shape[1] for core in ("bonds", "auto"))
    assert by_bonds == by_distance
    nothing = LossBatch(BATCH.target, BATCH.residual, BATCH.signal, BATCH.noise, mask=BATCH.mask)
    with pytest.raises(UsageError, match="core=bonds needs the bonds"):
        Rigid(core="bonds")(nothing)
    assert Rigid()(nothing).index.shape[1] > 0


def test_the_bonds_of_the_batch_come_first():
    from dataclasses import replace

    from eloss_plugins.core import Bonds

    chain = torch.stack([torch.arange(14), torch.arange(14) + 1])
    given = replace(BATCH, bonds=Bonds(chain, torch.ones(14)))
    edges = pairs_of(Rigid(core="bonds")(given), BATCH)[0]
    assert {(i, i + 1) for i in range(14)} <= edges


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_any_dimension_is_served(dimensions):
    target = torch.randn(2, 9, dimensions, generator=torch.Generator().manual_seed(0))
    one = torch.ones(2)
    batch = LossBatch(target, torch.zeros_like(target), one, one)
    assert Energy(edges=Rigid())(batch).eq(0).all()


def test_options_reach_it_by_name():
    made = host.bind("gdm", "energy", "edges=rigid,core=neighbours,matchings=2")
    assert made.describe()["edges"] == "rigid"
    assert made.loss.edges == Rigid(core="neighbours", matchings=2)


@pytest.mark.parametrize("options", ["core=ring", "symmetry=mirror", "matchings=-1"])
def test_wrong_options_are_refused(options):
    with pytest.raises(UsageError):
        host.bind("gdm", "energy", f"edges=rigid,{options}")


def test_only_bonds_that_it_cannot_do_without_are_asked_for():
    from eloss_plugins.core.needs import uses_bonds

    asked = {core: uses_bonds(Energy(edges=Rigid(core=core))) for core in ("auto", "bonds")}
    assert asked == {"auto": False, "bonds": True}


def test_a_loss_over_it_is_zero_for_the_data_alone():
    """Every other random shape has a loss: the graph leaves none open."""
    loss = Energy(edges=Rigid())
    assert loss(padded(MOLECULES, error=0.0)).max() < 1e-20
    assert all(loss(padded(MOLECULES, error=1.0, seed=seed)).min() > 1e-3 for seed in range(5))


def test_it_has_four_to_five_edges_an_atom():
    assert 3.5 < Rigid()(BATCH).index.shape[1] / int(np.sum(MOLECULES.sizes)) < 5.7
