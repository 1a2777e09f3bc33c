"""Energy losses over discrete states: spins on any graph, and any energy of states."""

from eloss_plugins.core.discrete.couplings import Couplings
from eloss_plugins.core.discrete.losses import (
    DISCRETE_LOSSES,
    CrossEntropy,
    CrossEntropyMin,
    DiscreteLoss,
    LocalField,
    LocalFieldMin,
    Margin,
    PairEnergy,
    TrueEnergy,
)
from eloss_plugins.core.discrete.spin_batch import SpinBatch

__all__ = [
    "DISCRETE_LOSSES",
    "Couplings",
    "CrossEntropy",
    "CrossEntropyMin",
    "DiscreteLoss",
    "LocalField",
    "LocalFieldMin",
    "Margin",
    "PairEnergy",
    "SpinBatch",
    "TrueEnergy",
]
