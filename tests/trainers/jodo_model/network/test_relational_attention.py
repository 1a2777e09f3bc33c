"""Attention against a slow loop, its gradient against differences, and its edges."""

import math

import pytest
import torch
from torch.testing import assert_close

from eloss_plugins.trainers.jodo_model.network.relational_attention import (
    RelationalAttention,
    senders_softmax,
)
from trainers.jodo_model.network.molecules import MASK, SIZES, context

FEATURES, PAIRS, HEADS = 8, 3, 4


def attention(softmax_inf: bool = True, heads: int = HEADS) -> RelationalAttention:
    torch.manual_seed(0)
    return RelationalAttention(FEATURES, PAIRS, heads, 2, softmax_inf).double()


def inputs() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(1)
    states = torch.randn(4, 6, FEATURES, generator=random, dtype=torch.float64)
    pair = torch.randn(4, 6, 6, PAIRS, generator=random, dtype=torch.float64)
    adjacency = torch.randint(2, (4, 6, 6, 2), generator=random).double()
    adjacency[0, :, 2, 0] = 0  # an atom without a neighbour
    return states, pair, adjacency


@torch.no_grad()
def by_loops(layer: RelationalAttention, molecule: int, receiver: int) -> torch.Tensor:
    """One atom's result, one head after the other, in plain sums."""
    states, pair, adjacency = (value[molecule] for value in inputs())
    senders = [i for i in range(SIZES[molecule]) if i != receiver]
    channels, ordinary = FEATURES // HEADS, HEADS - 2
    inner = FEATURES // ordinary
    query, out = layer.lin_query(states)[receiver], []
    for head in range(HEADS):
        logits = []
        for i in senders:
            if head < 2:
                logits.append(1.0 if adjacency[i, receiver, head] else layer.absent)
                continue
            part = slice((head - 2) * inner, (head - 1) * inner)
            gate = torch.tanh(layer.lin_edge0(pair[i, receiver]))[part]
            product = query[part] * layer.lin_key(states)[i][part] * gate
            logits.append(float(product.sum()) / math.sqrt(channels))
        top = max(logits)
        powers = [math.exp(logit - top) for logit in logits]
        part = slice(head * channels, (head + 1) * channels)
        received = torch.zeros(channels, dtype=torch.float64)
        for i, power in zip(senders, powers, strict=True):
            gate = torch.tanh(layer.lin_edge1(pair[i, receiver]))[part]
            received += power / sum(powers) * layer.lin_value(states)[i][part] * gate
        out.append(received)
    return torch.cat(out)


@pytest.mark.parametrize("softmax_inf", [True, False])
def test_attention_equals_a_loop_over_heads_and_senders(softmax_inf):
    layer = attention(softmax_inf)
    states, pair, adjacency = inputs()
    found = layer(states, pair, context(adjacency))
    for molecule, receiver in ((0, 0), (0, 2), (2, 4)):
        assert_close(found[molecule, receiver], by_loops(layer, molecule, receiver))


def test_an_atom_alone_and_padding_receive_nothing():
    found = attention()(*inputs()[:2], context(inputs()[2]))
    assert found[1].abs().max() == 0
    assert found[3].abs().max() == 0
    assert found[~MASK].abs().max() == 0


def test_gradient_of_attention_equals_differences():
    layer = attention()
    states, pair, adjacency = inputs()
    assert torch.autograd.gradcheck(
        lambda *given: layer(*given, context(adjacency)),
        (states.requires_grad_(), pair.requires_grad_()),
    )


def test_weights_of_a_receiver_sum_to_one_or_nothing():
    pairs = context().pairs
    logits = torch.full((4, 6, 6, 2), -1e10)
    weights = senders_softmax(logits, pairs)
    assert_close(weights.sum(1)[..., 0], pairs.any(1).float())
    assert weights.masked_select(~pairs.unsqueeze(-1)).abs().max() == 0


def test_heads_that_do_not_divide_the_features_round_their_share_down():
    layer = attention(heads=8)  # 6 ordinary heads share 8 features
    assert layer.lin_query.out_features == 6
    assert layer(*inputs()[:2], context(inputs()[2])).shape == (4, 6, FEATURES)
