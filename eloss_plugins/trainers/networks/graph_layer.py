"""One round of messages between all atoms of a molecule (a graph convolutional layer)."""

import torch
from torch import Tensor, nn

from eloss_plugins.trainers.networks.aggregation import Aggregation
from eloss_plugins.trainers.networks.pair_mlp import pair_mlp, sum_over_targets


class GraphLayer(nn.Module):
    """h_i + MLP(h_i, sum_j a_ij MLP(h_i, h_j, e_ij)), a_ij an optional attention in (0, 1).

    Parameter names are upstream's GCL: `edge_mlp.{0,2}`, `node_mlp.{0,2}`, `att_mlp.0`.

    Args:
        features: width of the atoms' states, in and out.
        pair_features: width of e_ij; 0 for none.
        attention: weigh each message by a number that it predicts itself.

    Reference: Satorras et al., arXiv 2102.09844, equations 3, 5 and 6.
    """

    def __init__(self, features: int, pair_features: int, attention: bool):
        super().__init__()
        self.edge_mlp = nn.Sequential(
            nn.Linear(2 * features + pair_features, features),
            nn.SiLU(),
            nn.Linear(features, features),
            nn.SiLU(),
        )
        self.node_mlp = nn.Sequential(
            nn.Linear(2 * features, features), nn.SiLU(), nn.Linear(features, features)
        )
        if attention:
            self.att_mlp = nn.Sequential(nn.Linear(features, 1), nn.Sigmoid())
        self.attention = attention

    def forward(self, states: Tensor, pair: Tensor | None, aggregation: Aggregation) -> Tensor:
        """New states, `(molecules, atoms, features)`; padding is zero.

        Args:
            states: `(molecules, atoms, features)`.
            pair: `(molecules, atoms, atoms, pair_features)` or None.
            aggregation: which pairs count and by what their sum is divided.
        """
        messages = pair_mlp(self.edge_mlp, states, states, pair)
        weight = aggregation.weight.to(messages.dtype)
        if self.attention:
            weight = weight * self.att_mlp(messages).squeeze(-1)
        received = sum_over_targets(weight, messages) / aggregation.divisor
        update: Tensor = self.node_mlp(torch.cat([states, received], dim=-1))
        return (states + update) * aggregation.real
