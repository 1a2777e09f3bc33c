"""Gaussian noise on molecules: positions without a centre of mass, features free."""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Draw:
    """The random numbers of one training step.

    Attributes:
        step: `(molecules,)` int64, in 0..timesteps.
        noise: `(molecules, atoms, 3 + features)`.
    """

    step: Tensor
    noise: Tensor

    def select(self, keep: Tensor) -> "Draw":
        """The draws of the molecules that `keep` (bool or indices) names."""
        return Draw(self.step[keep], self.noise[keep])
