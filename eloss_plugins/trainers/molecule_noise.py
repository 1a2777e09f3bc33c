"""Gaussian noise on molecules: positions without a centre of mass, features free."""

import torch
from torch import Tensor

SPACE = 3  # dimensions of a position


def centred(positions: Tensor, mask: Tensor) -> Tensor:
    """`positions` with each molecule's mean moved to the origin and padding set to zero.

    Args:
        positions: `(molecules, atoms, 3)`; padding must be finite.
        mask: `(molecules, atoms)` bool.
    """
    real = mask.unsqueeze(-1).to(positions.dtype)
    inside = positions * real
    mean = inside.sum(1, keepdim=True) / real.sum(1, keepdim=True).clamp(min=1)
    return inside - mean * real


def molecule_noise(mask: Tensor, features: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Standard normal noise, `(molecules, atoms, 3 + features)`, positions centred, padding zero.

    Positions are drawn first, then features, from torch's global generator.
    """
    positions = torch.randn((*mask.shape, SPACE), device=mask.device, dtype=dtype)
    rest = torch.randn((*mask.shape, features), device=mask.device, dtype=dtype)
    return torch.cat([centred(positions, mask), rest * mask.unsqueeze(-1)], dim=-1)


def mask_of(num_atoms: Tensor, device: torch.device) -> Tensor:
    """`(molecules, atoms)` bool, true for real atoms, as wide as the largest molecule.

    Args:
        num_atoms: `(molecules,)` int64.
        device: where the mask is wanted.
    """
    num_atoms = num_atoms.to(device)
    longest = int(num_atoms.max()) if len(num_atoms) else 0
    return torch.arange(longest, device=device) < num_atoms.unsqueeze(1)
