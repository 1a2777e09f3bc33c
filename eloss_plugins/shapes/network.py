"""The network: a radius in, the vertices of a polygon out."""

import torch
from torch import Tensor, nn

WIDTH = 64
"""Of both hidden layers, as in the paper (appendix C.1)."""


class Mlp(nn.Module):
    """Two hidden layers of 64 ReLU between the radius and 2 N coordinates.

    Args:
        vertices: N.
        seed: of the first weights; nothing else decides them, and no global state changes.
    """

    def __init__(self, vertices: int, seed: int) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.layers = nn.Sequential(
                nn.Linear(1, WIDTH),
                nn.ReLU(),
                nn.Linear(WIDTH, WIDTH),
                nn.ReLU(),
                nn.Linear(WIDTH, 2 * vertices),
            )

    def forward(self, radius: Tensor) -> Tensor:
        """`(polygons, vertices, 2)` from `(polygons,)` radii."""
        answer: Tensor = self.layers(radius[:, None])
        return answer.reshape(len(radius), -1, 2)
