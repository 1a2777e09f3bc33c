"""A perceptron on every ordered pair of atoms, without the concatenated pair tensor.

The first layer of a message network sees [h_i, h_j, e_ij]. A linear map of a concatenation is
the sum of three linear maps, so the maps of h_i and h_j run once per atom and are added by
broadcasting; only e_ij, a few numbers, is mapped per pair. For 256 features and 20 atoms that
replaces a product over 514 columns per pair by one over 2.
"""

from torch import Tensor, nn
from torch.nn.functional import linear


def first_layer(layer: nn.Linear, source: Tensor, target: Tensor, pair: Tensor | None) -> Tensor:
    """`layer` applied to [h_i, h_j, e_ij] for all i, j.

    Args:
        layer: linear map of width 2 * features + pair_features.
        source: `(molecules, atoms, features)`, h_i.
        target: `(molecules, atoms, features)`, h_j.
        pair: `(molecules, atoms, atoms, pair_features)`, e_ij, or None for none.

    Returns:
        `(molecules, atoms, atoms, layer.out_features)`.
    """
    width = source.shape[-1]
    weight = layer.weight
    rows = linear(source, weight[:, :width], layer.bias).unsqueeze(2)
    columns = linear(target, weight[:, width : 2 * width]).unsqueeze(1)
    if pair is None:
        return rows + columns
    return linear(pair, weight[:, 2 * width :]).add_(rows).add_(columns)


def pair_mlp(layers: nn.Sequential, source: Tensor, target: Tensor, pair: Tensor | None) -> Tensor:
    """All of `layers` on every pair; the first of them must be linear, as in `first_layer`."""
    first = layers[0]
    assert isinstance(first, nn.Linear)
    hidden = first_layer(first, source, target, pair)
    for layer in list(layers)[1:]:
        hidden = layer(hidden)
    return hidden


def sum_over_targets(weight: Tensor, values: Tensor) -> Tensor:
    """sum_j weight_ij values_ij without writing the product to memory.

    Args:
        weight: `(molecules, atoms, atoms)`.
        values: `(molecules, atoms, atoms, width)`.

    Returns:
        `(molecules, atoms, width)`.
    """
    return (weight.unsqueeze(2) @ values).squeeze(2)
