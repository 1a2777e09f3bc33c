"""JODO's model from sizes."""

from eloss_plugins.trainers.generator import PositionLoss
from eloss_plugins.trainers.jodo_model.config import JodoConfig
from eloss_plugins.trainers.jodo_model.model import Jodo
from eloss_plugins.trainers.jodo_model.network.dgt import Dgt


def make(config: JodoConfig, elements: int, position_loss: PositionLoss | None) -> Jodo:
    """A model with random weights; see `trainers.spec.Make`."""
    return Jodo(Dgt(config, elements), config, elements, position_loss)
