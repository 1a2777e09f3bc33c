"""Geometry of all atom pairs of a padded batch, and which pairs count."""

import math

import torch
from torch import Tensor

DISTANCE_SOFTENING = 1e-8  # added to squared distances before a root (EDM)
LONGEST_WAVE = 15.0  # angstrom-like units of the sinusoidal embedding (EDM)
WAVES = 6  # wavelengths 15, 15/4, ..., 15/4^5: the shortest above 15/2000


def differences(positions: Tensor) -> tuple[Tensor, Tensor]:
    """Pair differences x_i - x_j and their squared lengths.

    Args:
        positions: `(molecules, atoms, 3)`.

    Returns:
        `(molecules, atoms, atoms, 3)` and `(molecules, atoms, atoms, 1)`.
    """
    difference = positions.unsqueeze(2) - positions.unsqueeze(1)
    return difference, difference.square().sum(-1, keepdim=True)


def directions(difference: Tensor, squared: Tensor, norm_constant: float) -> Tensor:
    """(x_i - x_j) / (d_ij + norm_constant), the root softened so that its gradient is finite."""
    return difference / (torch.sqrt(squared + DISTANCE_SOFTENING) + norm_constant)


def waves(squared: Tensor) -> Tensor:
    """Sines and cosines of the distance at 6 wavelengths, `(..., 12)`; carries no gradient."""
    with torch.no_grad():
        powers = torch.arange(WAVES, device=squared.device)
        frequencies = 2 * math.pi * 4**powers / LONGEST_WAVE
        phase = torch.sqrt(squared + DISTANCE_SOFTENING) * frequencies
        return torch.cat([phase.sin(), phase.cos()], dim=-1)


def real_pairs(mask: Tensor, *, with_self: bool) -> Tensor:
    """Pairs of two real atoms, `(molecules, atoms, atoms)` bool; i = j too if `with_self`."""
    pairs = mask.unsqueeze(2) & mask.unsqueeze(1)
    if with_self:
        return pairs
    return pairs & ~torch.eye(mask.shape[1], dtype=torch.bool, device=mask.device)
