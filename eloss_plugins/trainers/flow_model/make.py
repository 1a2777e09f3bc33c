"""A flow-matching model from its config."""

from collections.abc import Callable, Mapping

from torch import nn

from eloss_plugins.trainers.flow_model.config import FlowConfig
from eloss_plugins.trainers.flow_model.model import Flow
from eloss_plugins.trainers.generator import PositionLoss
from eloss_plugins.trainers.networks.build import egnn_dynamics, gnn_dynamics

NETWORKS: Mapping[str, Callable[[FlowConfig, int], nn.Module]] = {
    "egnn": egnn_dynamics,
    "gnn": gnn_dynamics,
}


def make_flow(config: FlowConfig, elements: int, position_loss: PositionLoss | None) -> Flow:
    """A model with random weights; see `trainers.spec.Make`."""
    network = NETWORKS[config.network](config, config.scaling.width(elements))
    return Flow(network, config, elements=elements, position_loss=position_loss)
