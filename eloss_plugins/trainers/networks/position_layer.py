"""The equivariant update of positions from pair messages."""

import torch
from torch import Tensor, nn

from eloss_plugins.trainers.networks.aggregation import Aggregation
from eloss_plugins.trainers.networks.pair_mlp import pair_mlp

COORDINATE_RANGE = 15.0  # largest step along one pair direction when `tanh` bounds it (EDM)
LAST_LAYER_GAIN = 1e-3  # the update starts near zero (EDM)


class PositionLayer(nn.Module):
    """x_i + sum_j u_ij phi(h_i, h_j, e_ij), u_ij a direction of the pair.

    Parameter names are upstream's EquivariantUpdate: `coord_mlp.{0,2,4}`.

    Args:
        features: width of the atoms' states.
        pair_features: width of e_ij.
        tanh: bound phi to 15 by a hyperbolic tangent.

    Reference: Satorras et al., arXiv 2102.09844, equation 4; EDM, arXiv 2203.17003, equation 12.
    """

    def __init__(self, features: int, pair_features: int, tanh: bool):
        super().__init__()
        last = nn.Linear(features, 1, bias=False)
        nn.init.xavier_uniform_(last.weight, gain=LAST_LAYER_GAIN)
        self.coord_mlp = nn.Sequential(
            nn.Linear(2 * features + pair_features, features),
            nn.SiLU(),
            nn.Linear(features, features),
            nn.SiLU(),
            last,
        )
        self.tanh = tanh

    def forward(
        self,
        positions: Tensor,
        states: Tensor,
        direction: Tensor,
        pair: Tensor,
        aggregation: Aggregation,
    ) -> Tensor:
        """New positions, `(molecules, atoms, 3)`; padding is zero.

        Args:
            positions: `(molecules, atoms, 3)`.
            states: `(molecules, atoms, features)`.
            direction: `(molecules, atoms, atoms, 3)`, u_ij.
            pair: `(molecules, atoms, atoms, pair_features)`, e_ij.
            aggregation: which pairs count and by what their sum is divided.
        """
        step = pair_mlp(self.coord_mlp, states, states, pair).squeeze(-1)
        if self.tanh:
            step = torch.tanh(step) * COORDINATE_RANGE
        weight = (step * aggregation.weight).to(direction.dtype)
        # not a matrix product: autocast would round the positions to half precision
        moved = (weight.unsqueeze(-1) * direction).sum(2) / aggregation.divisor
        return (positions + moved) * aggregation.real
