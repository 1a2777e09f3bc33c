"""The noise level as a vector."""

import math

import torch
from torch import Tensor, nn

WAVES = 8  # learned frequencies of the noise level (JODO)


class LearnedWaves(nn.Module):
    """[s, sin 2 pi w s, cos 2 pi w s] of a number s, with learned frequencies w (`weights`)."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.randn(WAVES))

    def forward(self, level: Tensor) -> Tensor:
        """`(molecules, 1 + 2 * 8)` from `(molecules,)`."""
        level = level.unsqueeze(-1)
        phase = 2 * math.pi * level * self.weights
        return torch.cat([level, phase.sin(), phase.cos()], dim=-1)


def time_network(width: int) -> nn.Sequential:
    """From the noise level, `(molecules,)`, to the time vector, `(molecules, width)`."""
    return nn.Sequential(
        LearnedWaves(), nn.Linear(1 + 2 * WAVES, width), nn.GELU(), nn.Linear(width, width)
    )
