"""Noise predictors: (noisy molecule, time) -> predicted noise, for both networks.

A prediction's positions have no centre of mass, and its padding is zero. Non-finite values pass
through: the caller counts them (upstream zeroes the whole batch's positions instead).
"""

import torch
from torch import Tensor, nn

from eloss_plugins.trainers.molecule_noise import SPACE, centred
from eloss_plugins.trainers.networks.aggregation import AggregationRule
from eloss_plugins.trainers.networks.egnn import Egnn
from eloss_plugins.trainers.networks.gnn import Gnn


def with_time(features: Tensor, time: Tensor, condition_time: bool) -> Tensor:
    """`features` with the time, `(molecules, 1)`, as a last column on every atom."""
    if not condition_time:
        return features
    column = time.unsqueeze(1).expand(-1, features.shape[1], -1)
    return torch.cat([features, column.to(features.dtype)], dim=-1)


class EgnnDynamics(nn.Module):
    """Predicts noise with the equivariant network; what its positions move by is the noise.

    Args:
        egnn: takes the atoms' features, and the time if `condition_time`.
        rule: how messages are summed; an atom sends none to itself.
        condition_time: the network sees the time.
    """

    def __init__(self, egnn: Egnn, rule: AggregationRule, condition_time: bool = True):
        super().__init__()
        self.egnn = egnn
        self.rule = rule
        self.condition_time = condition_time

    def forward(self, noisy: Tensor, time: Tensor, mask: Tensor) -> Tensor:
        """Predicted noise, `(molecules, atoms, 3 + features)`.

        Args:
            noisy: `(molecules, atoms, 3 + features)`.
            time: `(molecules, 1)`, 0 at the data, 1 at pure noise.
            mask: `(molecules, atoms)` bool.
        """
        noisy = zero_padding(noisy, mask)
        positions, features = noisy[..., :SPACE], noisy[..., SPACE:]
        width = features.shape[-1]
        given = with_time(features, time, self.condition_time)
        out, moved = self.egnn(given, positions, self.rule(mask, noisy.dtype))
        return torch.cat([centred(moved - positions, mask), out[..., :width]], dim=-1)


class GnnDynamics(nn.Module):
    """Predicts noise with the plain network.

    Args:
        gnn: takes positions, features, and the time if `condition_time`.
        rule: how messages are summed; an atom sends one to itself as well.
        condition_time: the network sees the time.
    """

    def __init__(self, gnn: Gnn, rule: AggregationRule, condition_time: bool = True):
        super().__init__()
        self.gnn = gnn
        self.rule = rule
        self.condition_time = condition_time

    def forward(self, noisy: Tensor, time: Tensor, mask: Tensor) -> Tensor:
        """Predicted noise; arguments and shape as in `EgnnDynamics`."""
        noisy = zero_padding(noisy, mask)
        given = with_time(noisy, time, self.condition_time)
        out = self.gnn(given, self.rule(mask, noisy.dtype))[..., : noisy.shape[-1]]
        return torch.cat([centred(out[..., :SPACE], mask), out[..., SPACE:]], dim=-1)


def zero_padding(values: Tensor, mask: Tensor) -> Tensor:
    """`values` with padding replaced by zero, whatever stood there, NaN included."""
    return values.masked_fill(~mask.unsqueeze(-1), 0.0)
