import numpy as np
import pytest
import torch

from eloss_plugins.spins.lattice import Lattice
from eloss_plugins.spins.network import SpinNetwork


def network(boundary, rows=5, columns=4, blocks=1):
    torch.manual_seed(0)
    return SpinNetwork(Lattice(rows, columns, boundary), blocks=blocks, channels=6).eval()


def around(lattice, values):
    """Couplings to the right, below, left and above each site, from a dictionary of bonds."""
    bond = {frozenset(p): v for p, v in zip(lattice.index.T.tolist(), values, strict=True)}
    steps = [(0, 1), (1, 0), (0, -1), (-1, 0)]
    found = np.zeros((4, lattice.rows, lattice.columns), np.float32)
    for place, (down, right) in enumerate(steps):
        for r in range(lattice.rows):
            for c in range(lattice.columns):
                other = (r + down) % lattice.rows * lattice.columns + (c + right) % lattice.columns
                inside = 0 <= r + down < lattice.rows and 0 <= c + right < lattice.columns
                if inside or lattice.boundary == "periodic":
                    found[place, r, c] = bond[frozenset((r * lattice.columns + c, other))]
    return found


@pytest.mark.parametrize("boundary", ["open", "periodic"])
def test_inputs_are_the_couplings_to_the_four_neighbours(boundary):
    net = network(boundary)
    values = torch.rand(1, net.lattice.index.shape[1])
    expected = around(net.lattice, values[0].tolist())
    assert np.array_equal(net.inputs(values)[0, :4].numpy(), expected)


def test_open_lattices_have_channels_for_the_neighbours_that_there_are():
    net = network("open")
    ones = torch.ones(1, net.lattice.index.shape[1])
    assert torch.equal(net.inputs(ones)[0, :4], net.inputs(ones)[0, 4:])


def test_on_a_torus_the_answer_moves_with_the_couplings():
    """Without the mark of site 0, which is what breaks this on purpose."""
    net = network("periodic", rows=4, columns=5, blocks=2)
    net.places.zero_()
    right, down = torch.rand(1, 4, 5), torch.rand(1, 4, 5)
    plain = net(torch.cat([right.flatten(1), down.flatten(1)], 1)).reshape(4, 5)
    moved = [it.roll((1, 2), (1, 2)) for it in (right, down)]
    rolled = net(torch.cat([it.flatten(1) for it in moved], 1)).reshape(4, 5)
    assert torch.allclose(rolled, plain.roll((1, 2), (0, 1)), atol=1e-6)


def test_on_a_torus_the_mark_of_site_0_counts():
    net = network("periodic")
    couplings = torch.rand(1, net.lattice.index.shape[1])
    marked = net(couplings)
    net.places.zero_()
    assert not torch.allclose(net(couplings), marked)


@pytest.mark.parametrize("boundary", ["open", "cylinder", "periodic"])
def test_systems_of_a_batch_do_not_see_each_other(boundary):
    net = network(boundary)
    couplings = torch.rand(3, net.lattice.index.shape[1])
    assert torch.allclose(net(couplings)[1:2], net(couplings[1:2]), atol=1e-6)
    assert net(couplings).shape == (3, 20)


def test_one_convolution_after_another_reaches_across_the_seam_of_a_torus_alone():
    """A coupling in the last column changes the logit in the first one, or does not."""
    changes = {}
    for boundary in ("open", "periodic"):
        net = network(boundary, rows=16, columns=16, blocks=1)  # sees 3 sites away
        couplings = torch.rand(1, net.lattice.index.shape[1])
        other = couplings.clone()
        last = np.flatnonzero((net.lattice.index == 8 * 16 + 15).any(0))[-1]
        other[0, last] += 1
        difference = (net(other) - net(couplings)).reshape(16, 16)
        changes[boundary] = float(difference[8, 0].detach().abs())
    assert changes["open"] == 0
    assert changes["periodic"] > 0
