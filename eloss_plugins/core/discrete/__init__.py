"""Energy losses over discrete states: spins on any graph, and any energy of states."""

from eloss_plugins.core.discrete.couplings import Couplings
from eloss_plugins.core.discrete.expectations import (
    Enumeration,
    Expectation,
    Multilinear,
    Sampling,
)
from eloss_plugins.core.discrete.free_energy import FreeEnergy
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
from eloss_plugins.core.discrete.states import (
    IsingStates,
    MultilinearEnergy,
    PottsStates,
    StateEnergy,
)

__all__ = [
    "DISCRETE_LOSSES",
    "Couplings",
    "CrossEntropy",
    "CrossEntropyMin",
    "DiscreteLoss",
    "Enumeration",
    "Expectation",
    "FreeEnergy",
    "IsingStates",
    "LocalField",
    "LocalFieldMin",
    "Margin",
    "Multilinear",
    "MultilinearEnergy",
    "PairEnergy",
    "PottsStates",
    "Sampling",
    "SpinBatch",
    "StateEnergy",
    "TrueEnergy",
]
