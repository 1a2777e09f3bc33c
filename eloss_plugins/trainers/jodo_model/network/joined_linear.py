"""A linear map of joined tensors, without joining them.

A linear map of [a, b, c] is A a + B b + C c. Each part is mapped in its own shape and the results
are broadcast: what belongs to one atom is mapped once per atom and not once per pair.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import linear


def joined_linear(layer: nn.Linear, *parts: Tensor) -> Tensor:
    """`layer` of `parts` joined along their last axis.

    Args:
        layer: takes the sum of the parts' widths.
        parts: `(..., width)` each, broadcastable to each other but for the last axis.

    Returns:
        `(..., layer.out_features)`.
    """
    widths = [part.shape[-1] for part in parts]
    columns = torch.split(layer.weight, widths, dim=1)
    # small tensors first: only the sums that need the full shape are made in it
    mapped = sorted(
        (linear(part, weight) for part, weight in zip(parts, columns, strict=True)),
        key=Tensor.numel,
    )
    total = mapped[0] if layer.bias is None else mapped[0] + layer.bias
    for more in mapped[1:]:
        total = total + more
    return total


def joined(layers: nn.Sequential, *parts: Tensor) -> Tensor:
    """All of `layers`, the first of them linear, of `parts` joined along their last axis."""
    first = layers[0]
    assert isinstance(first, nn.Linear)
    hidden = joined_linear(first, *parts)
    for layer in list(layers)[1:]:
        hidden = layer(hidden)
    return hidden
