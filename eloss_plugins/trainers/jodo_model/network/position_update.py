"""The equivariant update of positions in several channels of neighbours."""

import torch
from torch import Tensor, nn

from eloss_plugins.trainers.jodo_model.network.context import Context, expanded
from eloss_plugins.trainers.jodo_model.network.joined_linear import joined_linear
from eloss_plugins.trainers.jodo_model.network.modulation import (
    modulated,
    modulator,
    normed,
    parts_for,
)

FIRST_STEP = 1e-2  # length of a step along a pair at the start, in model units (JODO)
CLOSEST = 1e-8  # least distance by which a difference is divided (JODO)


class UnitDirections(nn.Module):
    """Differences of positions scaled to one learned length, `scale`."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.full((1,), FIRST_STEP))

    def forward(self, difference: Tensor) -> Tensor:
        """`(..., 3)`; two atoms at one place have neither direction nor gradient."""
        squared = difference.square().sum(-1, keepdim=True)
        apart = squared > 0
        length = torch.where(apart, squared, 1.0).sqrt().clamp(min=CLOSEST)
        return torch.where(apart, difference / length, 0.0) * self.scale


class PositionUpdate(nn.Module):
    """x_i + sum_j u_ij w_ij, u_ij the direction from j to i, over the other real atoms j.

    w_ij is the mean of one bounded number for all pairs and one for each head of adjacency, the
    latter only where it has the pair. Parameter names are upstream's: `coord_norm.scale`,
    `time_mlp.1`, `input_lin`, `coord_mlp.{0,2}`.

    Args:
        features: width of the atoms' states.
        pair_features: width of the pairs' states.
        distance_features: width of the distances.
        time: width of the time vector.
        extra_heads: heads of adjacency.
    """

    def __init__(
        self, features: int, pair_features: int, distance_features: int, time: int, extra_heads: int
    ) -> None:
        super().__init__()
        self.extra_heads = extra_heads
        self.coord_norm = UnitDirections()
        self.time_mlp = modulator(time, 2 * features)
        self.input_lin = nn.Linear(2 * features + pair_features + distance_features, features)
        self.coord_mlp = nn.Sequential(
            nn.Linear(features, features),
            nn.SiLU(),
            nn.Linear(features, 1 + extra_heads, bias=False),
        )

    def forward(
        self, positions: Tensor, states: Tensor, pair: Tensor, distances: Tensor, context: Context
    ) -> Tensor:
        """New positions, `(molecules, atoms, 3)`.

        Args:
            positions: `(molecules, atoms, 3)`.
            states: `(molecules, atoms, features)`.
            pair: `(molecules, atoms, atoms, pair_features)`.
            distances: `(molecules, atoms, atoms, distance_features)`.
            context: of the batch.
        """
        rows, columns = states.unsqueeze(2), states.unsqueeze(1)
        hidden = normed(joined_linear(self.input_lin, rows, columns, pair, distances))
        if context.time is not None:
            shift, scale = parts_for(hidden, self.time_mlp, context.time, 2)
            hidden = modulated(hidden, shift, scale)
        weight = self._weight(torch.tanh(self.coord_mlp(hidden)), context)
        direction: Tensor = self.coord_norm(positions.unsqueeze(2) - positions.unsqueeze(1))
        # not a matrix product: autocast would round the positions to half precision
        return positions + (weight.to(positions.dtype) * direction).sum(2)

    def _weight(self, heads: Tensor, context: Context) -> Tensor:
        """`(molecules, atoms, atoms, 1)`, zero but for pairs."""
        everyone, extra = heads[..., :1], heads[..., 1:]
        adjacent = expanded(context.adjacency, self.extra_heads)
        total = everyone + (extra * adjacent).sum(-1, keepdim=True)
        return total / (1 + self.extra_heads) * context.pairs.unsqueeze(-1)
