"""Losses over spins: one number for each system from a spin batch."""

from collections.abc import Mapping

from eloss_plugins.core.discrete.losses.cross_entropy import CrossEntropy
from eloss_plugins.core.discrete.losses.cross_entropy_min import CrossEntropyMin
from eloss_plugins.core.discrete.losses.local_field import LocalField
from eloss_plugins.core.discrete.losses.local_field_min import LocalFieldMin
from eloss_plugins.core.discrete.losses.loss import DiscreteLoss
from eloss_plugins.core.discrete.losses.margin import Margin
from eloss_plugins.core.discrete.losses.pair_energy import PairEnergy
from eloss_plugins.core.discrete.losses.true_energy import TrueEnergy

DISCRETE_LOSSES: Mapping[str, type[DiscreteLoss]] = {
    "cross-entropy": CrossEntropy,
    "margin": Margin,
    "local-field": LocalField,
    "true-energy": TrueEnergy,
    "local-field-min": LocalFieldMin,
    "cross-entropy-min": CrossEntropyMin,
    "pair-energy": PairEnergy,
}

__all__ = [
    "DISCRETE_LOSSES",
    "CrossEntropy",
    "CrossEntropyMin",
    "DiscreteLoss",
    "LocalField",
    "LocalFieldMin",
    "Margin",
    "PairEnergy",
    "TrueEnergy",
]
