"""The mathematics of the energy loss: torch and the standard library only.

Example:
    >>> import torch
    >>> from eloss_plugins.core import energy_loss
    >>> positions = torch.eye(3)[None]
    >>> energy_loss(positions, positions)
    tensor([0.])
"""

from eloss_plugins.core.alignment import proper_rotation
from eloss_plugins.core.bonds import Bonds
from eloss_plugins.core.edges import EDGE_SETS, BondEdges, Complete, Edges, EdgeSet
from eloss_plugins.core.front_door import energy_loss
from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.core.losses import LOSSES, Energy, Gram, Kabsch, Mae, Mse, PositionLoss
from eloss_plugins.core.pairs import Pairs
from eloss_plugins.core.stiffness import (
    STIFFNESS_LAWS,
    Constant,
    Exponential,
    FromPotential,
    Inverse,
    InverseSquare,
    LennardJones,
    Morse,
    StiffnessLaw,
)

__all__ = [
    "EDGE_SETS",
    "LOSSES",
    "STIFFNESS_LAWS",
    "BondEdges",
    "Bonds",
    "Complete",
    "Constant",
    "EdgeSet",
    "Edges",
    "Energy",
    "Exponential",
    "FromPotential",
    "Gram",
    "Inverse",
    "InverseSquare",
    "Kabsch",
    "LennardJones",
    "LossBatch",
    "Mae",
    "Morse",
    "Mse",
    "Pairs",
    "PositionLoss",
    "StiffnessLaw",
    "energy_loss",
    "proper_rotation",
]
