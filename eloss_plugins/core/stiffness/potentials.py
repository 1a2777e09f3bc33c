"""Pair potentials for `from-potential`, each with its minimum at a given distance."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

PlacedPotential = Callable[[Tensor, Tensor], Tensor]
"""Energy of a pair at distance r with its minimum at r0, both scalar tensors in angstrom."""


def harmonic(distance: Tensor, minimum: Tensor) -> Tensor:
    """1/2 (r - r0)**2; curvature 1."""
    return 0.5 * (distance - minimum) ** 2


def morse(distance: Tensor, minimum: Tensor) -> Tensor:
    """(1 - exp(-(r - r0)))**2, well depth 1 and a = 1 / angstrom; curvature 2."""
    return (1 - torch.exp(minimum - distance)) ** 2


def lennard_jones(distance: Tensor, minimum: Tensor) -> Tensor:
    """(r0 / r)**12 - 2 (r0 / r)**6, well depth 1; curvature 72 / r0**2."""
    attraction = (minimum / distance) ** 6
    return attraction * (attraction - 2)


POTENTIALS: Mapping[str, PlacedPotential] = {
    "harmonic": harmonic,
    "lennard-jones": lennard_jones,
    "morse": morse,
}
