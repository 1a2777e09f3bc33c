"""Attention between atoms in which the pair's state gates queries, keys and values."""

import math

import torch
from torch import Tensor, nn

from eloss_plugins.trainers.jodo_model.network.context import Context, expanded

ABSENT = -1e10  # logit of an absent neighbour in a head of adjacency (JODO)


class RelationalAttention(nn.Module):
    """o_j = sum_i a_ij tanh(E1 e_ij) v_i, over the other real atoms i of j's molecule.

    Ordinary heads have a_ij = softmax_i(sum q_j k_i tanh(E0 e_ij) / sqrt(channels)). The extra
    heads come first and have the adjacency as logit: 1 where there is a neighbour, and where there
    is none -1e10 (`softmax_inf`) or 0. Channels are those of all heads; the ordinary heads share
    the features of queries and keys between them. An atom without another gets zero.

    Parameter names are upstream's: `lin_query`, `lin_key`, `lin_value`, `lin_edge0`, `lin_edge1`.

    Args:
        features: width of the atoms' states.
        pair_features: width of the pairs' states, e_ij.
        heads: all heads.
        extra_heads: those of adjacency among them.
        softmax_inf: see above.
    """

    def __init__(
        self, features: int, pair_features: int, heads: int, extra_heads: int, softmax_inf: bool
    ) -> None:
        super().__init__()
        self.channels = features // heads
        self.heads, self.extra_heads = heads, extra_heads
        self.ordinary = heads - extra_heads
        self.absent = ABSENT if softmax_inf else 0.0
        values = heads * self.channels
        keys = values // self.ordinary * self.ordinary
        self.lin_key = nn.Linear(features, keys)
        self.lin_query = nn.Linear(features, keys)
        self.lin_value = nn.Linear(features, values)
        self.lin_edge0 = nn.Linear(pair_features, keys, bias=False)
        self.lin_edge1 = nn.Linear(pair_features, values, bias=False)

    def forward(self, states: Tensor, pair: Tensor, context: Context) -> Tensor:
        """What each atom receives, `(molecules, atoms, heads * channels)`.

        Args:
            states: `(molecules, atoms, features)`.
            pair: `(molecules, atoms, atoms, pair_features)`, sender first.
            context: of the batch.
        """
        weights = senders_softmax(self._logits(states, pair, context.adjacency), context.pairs)
        gate = torch.tanh(self.lin_edge1(pair))
        gated: Tensor = gate * self.lin_value(states).unsqueeze(2)
        parts = gated.view(*weights.shape, self.channels) * weights.unsqueeze(-1)
        return parts.sum(1).flatten(-2)

    def _logits(self, states: Tensor, pair: Tensor, adjacency: Tensor) -> Tensor:
        """`(molecules, senders, receivers, heads)`."""
        query = self.lin_query(states).unsqueeze(1)
        key = self.lin_key(states).unsqueeze(2)
        gated = torch.tanh(self.lin_edge0(pair)) * key * query
        by_head = gated.unflatten(-1, (self.ordinary, -1))
        ordinary = by_head.sum(-1) / math.sqrt(self.channels)
        extra = expanded(adjacency, self.extra_heads)
        return torch.cat([extra.masked_fill(extra == 0, self.absent), ordinary], dim=-1)


def senders_softmax(logits: Tensor, pairs: Tensor) -> Tensor:
    """Softmax over the senders among `pairs`; zeros for a receiver without one.

    Args:
        logits: `(molecules, senders, receivers, heads)`.
        pairs: `(molecules, senders, receivers)` bool.

    Returns:
        `(molecules, senders, receivers, heads)`.
    """
    among = pairs.unsqueeze(-1)
    lowest = torch.finfo(logits.dtype).min  # finite: a column of nothing but -inf would give NaN
    return logits.masked_fill(~among, lowest).softmax(1) * among
