"""Position losses: one number for each molecule from a loss batch."""

from collections.abc import Mapping

from eloss_plugins.core.losses.energy import Energy
from eloss_plugins.core.losses.gram import Gram
from eloss_plugins.core.losses.kabsch import Kabsch
from eloss_plugins.core.losses.loss import PositionLoss
from eloss_plugins.core.losses.mae import Mae
from eloss_plugins.core.losses.mse import Mse

LOSSES: Mapping[str, type[PositionLoss]] = {
    "energy": Energy,
    "mse": Mse,
    "mae": Mae,
    "kabsch": Kabsch,
    "gram": Gram,
}

__all__ = ["LOSSES", "Energy", "Gram", "Kabsch", "Mae", "Mse", "PositionLoss"]
