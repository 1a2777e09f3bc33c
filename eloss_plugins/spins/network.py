"""A residual convolutional network on a square lattice, from couplings to a logit for each site."""

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from eloss_plugins.spins.lattice import WRAPPED, Lattice

KERNEL = 3
NEIGHBOURS = 4  # right, down, left, up


class SpinNetwork(nn.Module):
    """Logits of independent spins, sigmoid(logit) the probability of +1.

    Every layer is the same at each site, and goes around the lattice where the lattice does. Inputs
    at a site are its couplings to the right, below, to the left and above. On an open lattice the
    couplings beyond the edge are 0, and further channels say which of the four there are. On a
    periodic one no site differs from another, so that a channel marks site 0, whose spin is +1 in
    the data: losses that ask for the global sign could not learn it otherwise.

    Args:
        lattice: of all systems.
        blocks: residual blocks of two convolutions each.
        channels: of every layer.
    """

    bonds: Tensor
    places: Tensor

    def __init__(self, lattice: Lattice, blocks: int = 6, channels: int = 48) -> None:
        super().__init__()
        self.lattice = lattice
        places = _places(lattice)
        self.register_buffer("places", places, persistent=False)
        self.register_buffer("bonds", _site_of_bonds(lattice), persistent=False)
        wrapped = WRAPPED[lattice.boundary]
        self.first = _Convolution(NEIGHBOURS + len(places), channels, wrapped)
        self.blocks = nn.Sequential(*(_Block(channels, wrapped) for _ in range(blocks)))
        self.last = nn.Conv2d(channels, 1, 1)

    def forward(self, couplings: Tensor) -> Tensor:
        """`(systems, sites)` logits from `(systems, pairs)` couplings, in the lattice's order."""
        found: Tensor = self.last(self.blocks(self.first(self.inputs(couplings))))
        return found.flatten(1)

    def inputs(self, couplings: Tensor) -> Tensor:
        """`(systems, channels, rows, columns)` what the first layer sees."""
        shape = (len(couplings), 2, self.lattice.rows, self.lattice.columns)
        ahead = couplings.new_zeros(len(couplings), 2 * self.lattice.num_sites)
        ahead[:, self.bonds] = couplings
        right, down = ahead.reshape(shape).unbind(1)
        left, up = right.roll(1, 2), down.roll(1, 1)  # beyond an open edge the couplings are 0
        around = torch.stack([right, down, left, up], 1)
        places = self.places.to(couplings.dtype).expand(len(couplings), -1, -1, -1)
        return torch.cat([around, places], 1)


class _Convolution(nn.Module):
    """3 x 3, with zeros beyond open edges and the other side beyond the others."""

    def __init__(self, inputs: int, outputs: int, wrapped: tuple[bool, bool]) -> None:
        super().__init__()
        self._around = _around(wrapped) if any(wrapped) else None
        self.convolution = nn.Conv2d(inputs, outputs, KERNEL, bias=False, padding=_zeros(wrapped))
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, values: Tensor) -> Tensor:
        if self._around is not None:
            values = pad(values, self._around, mode="circular")
        found: Tensor = self.norm(self.convolution(values))
        return found


class _Block(nn.Module):
    """Two convolutions beside the way past them."""

    def __init__(self, channels: int, wrapped: tuple[bool, bool]) -> None:
        super().__init__()
        self.one = _Convolution(channels, channels, wrapped)
        self.two = _Convolution(channels, channels, wrapped)

    def forward(self, values: Tensor) -> Tensor:
        return torch.relu(values + self.two(torch.relu(self.one(values))))


def _places(lattice: Lattice) -> Tensor:
    """`(channels, rows, columns)` what tells the sites apart."""
    if lattice.boundary == "periodic":
        origin = torch.zeros(1, lattice.rows, lattice.columns)
        origin[0, 0, 0] = 1
        return origin
    ahead = torch.zeros(2, lattice.num_sites)
    ahead[0, torch.as_tensor(lattice.right[0])] = 1
    ahead[1, torch.as_tensor(lattice.down[0])] = 1
    right, down = ahead.reshape(2, lattice.rows, lattice.columns)
    return torch.stack([right, down, right.roll(1, 1), down.roll(1, 0)])


def _site_of_bonds(lattice: Lattice) -> Tensor:
    """`(pairs,)` place of each coupling among those to the right of and those below each site."""
    right, down = torch.as_tensor(lattice.right[0]), torch.as_tensor(lattice.down[0])
    return torch.cat([right, down + lattice.num_sites])


def _zeros(wrapped: tuple[bool, bool]) -> tuple[int, int]:
    return (int(not wrapped[0]), int(not wrapped[1]))


def _around(wrapped: tuple[bool, bool]) -> list[int]:
    """As `torch.nn.functional.pad` takes it, the last axis first."""
    return [int(wrapped[1])] * 2 + [int(wrapped[0])] * 2
