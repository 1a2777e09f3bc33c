"""Gaussians of squared distances, bent by the noise level."""

import torch
from torch import Tensor, nn

from eloss_plugins.trainers.jodo_model.network.modulation import modulator, parts_for

WIDEST = 3.0  # first means and widths are drawn below it (JODO)
LEAST_WIDTH = 1e-5  # added to widths (JODO)
PI = 3.14159  # JODO's, so that its weights give its numbers
ROOT = (2 * PI) ** 0.5


class GaussianDistances(nn.Module):
    """[u, N(u; m_1, s_1), ...] with u = r (1 + scale) + shift of a squared distance r.

    Scale and shift come from the time vector; without one, u = r. Parameter names are upstream's:
    `means.weight`, `stds.weight`, `time_mlp.1`.

    Args:
        width: numbers that come out, one of them u itself.
        time: width of the time vector.
    """

    def __init__(self, width: int, time: int) -> None:
        super().__init__()
        self.means = nn.Embedding(1, width - 1)
        self.stds = nn.Embedding(1, width - 1)
        self.time_mlp = modulator(time, 2)
        nn.init.uniform_(self.means.weight, 0, WIDEST)
        nn.init.uniform_(self.stds.weight, 0, WIDEST)

    def forward(self, squared: Tensor, time: Tensor | None) -> Tensor:
        """`(molecules, atoms, atoms, width)`.

        Args:
            squared: `(molecules, atoms, atoms, 1)`.
            time: `(molecules, time)` or None.
        """
        if time is not None:
            scale, shift = parts_for(squared, self.time_mlp, time, 2)
            squared = squared * (scale + 1) + shift
        deviation = self.stds.weight.abs() + LEAST_WIDTH
        exponent = -0.5 * ((squared - self.means.weight) / deviation).square()
        return torch.cat([squared, exponent.exp() / (ROOT * deviation)], dim=-1)
