"""Edge sets that are invariant under the exchanges of a molecule's equal atoms."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from eloss_plugins import host
from eloss_plugins.core import Energy, LossBatch
from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.edge_sets.orbits import Orbits
from eloss_plugins.graphs.edge_sets.rigid import Rigid
from graphs.edge_sets.batches import bundled, padded, pairs_of

TURN = torch.tensor([0, 2, 3, 1, 5, 6, 4])  # of ethane-like atoms about their axis


def propeller(error=0.3):
    """An atom on the axis and two rings of three: a group of order 6 or more."""
    angle = torch.arange(3) * 2 * torch.pi / 3
    ring = torch.stack([angle.cos(), angle.sin(), torch.zeros(3)], dim=1)
    axis = torch.tensor([[0.0, 0, 0]])
    target = torch.cat([axis, ring + torch.tensor([0, 0, 0.4]), 1.8 * ring])[None].double()
    noise = torch.randn(target.shape, generator=torch.Generator().manual_seed(0)).double()
    one = torch.ones(1, dtype=torch.float64)
    numbers = torch.tensor([[7, 1, 1, 1, 6, 6, 6]])
    return LossBatch(target, error * noise, one, one, numbers=numbers)


@pytest.mark.parametrize("edges", [Rigid(symmetry="geometry", core="neighbours")])
def test_exchanging_equal_atoms_of_the_prediction_changes_nothing(edges):
    batch = propeller()
    prediction = batch.target + batch.residual
    exchanged = replace(batch, residual=prediction[:, TURN] - batch.target)
    torch.testing.assert_close(Energy(edges=edges)(exchanged), Energy(edges=edges)(batch))


def test_of_orbits_the_mean_is_the_loss_over_the_whole_graph():
    batch, drawn = propeller(), Orbits(core="neighbours")
    whole = Energy(edges=Rigid(symmetry="geometry", core="neighbours"))(batch)
    mean = torch.stack([Energy(edges=drawn)(batch) for _ in range(600)]).mean(0)
    torch.testing.assert_close(mean, whole, rtol=0.1, atol=0)


def test_of_orbits_fewer_pairs_are_drawn():
    batch = propeller()
    edges = (Orbits(core="neighbours"), Rigid(symmetry="geometry", core="neighbours"))
    few, all_ = (one(batch).index.shape[1] for one in edges)
    assert few < all_ / 2


@pytest.mark.parametrize("name", ["rigid", "orbits"])
def test_the_symmetry_of_bonds_is_an_option(name):
    made = host.bind("gdm", "energy", f"edges={name},symmetry=topology").loss.edges
    batch = padded(bundled(3))
    assert all(pairs_of(made(batch), batch))


def test_the_symmetry_of_bonds_needs_bonds_or_elements():
    with pytest.raises(UsageError, match="needs the bonds"):
        Rigid(symmetry="topology")(replace(propeller(), numbers=None))


def test_draws_of_orbits_go_on_from_a_saved_state():
    one, other = Orbits(core="neighbours"), Orbits(core="neighbours")
    one(propeller())
    other.load_state_dict(one.state_dict())
    assert torch.equal(one(propeller()).index, other(propeller()).index)


def test_a_batch_of_no_molecules_has_no_pairs():
    batch = propeller()
    none = LossBatch(batch.target[:0], batch.residual[:0], batch.signal[:0], batch.noise[:0])
    assert Orbits()(none).index.shape == (2, 0)
    assert np.prod(Rigid()(none).index.shape) == 0
