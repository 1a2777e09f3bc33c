"""What an earlier prediction for the same molecules tells the network."""

from dataclasses import dataclass

import torch
from torch import Tensor

from eloss_plugins.trainers.jodo_model.config import JodoConfig
from eloss_plugins.trainers.jodo_model.network.context import ADJACENCIES
from eloss_plugins.trainers.jodo_model.state import JointState
from eloss_plugins.trainers.networks.pairs import differences


@dataclass(frozen=True)
class Condition:
    """An earlier prediction, or that there is none.

    Upstream tells by the numbers that there is none: squared distances whose sum over the whole
    batch is 0. Here it is said. The two differ for a condition in which, in all molecules of the
    batch, all atoms are at one place; ours gives that the Gaussians of the distance 0.

    Attributes:
        known: whether there is one.
        state: zeros if there is none.
        squared: `(molecules, atoms, atoms, 1)`, squared distances.
        adjacency: `(molecules, atoms, atoms, 2)`, 1 for bonded and for near atoms; 1 if there is
            none. No gradient.
    """

    known: bool
    state: JointState
    squared: Tensor
    adjacency: Tensor

    @classmethod
    def of(cls, state: JointState | None, noisy: JointState, config: JodoConfig) -> "Condition":
        """The condition `state`; `noisy` gives the shapes where there is none."""
        if state is None:
            nothing = JointState(torch.zeros_like(noisy.atoms), torch.zeros_like(noisy.bonds))
            squared = torch.zeros_like(noisy.bonds[..., :1])
            return cls(False, nothing, squared, squared.new_ones((*squared.shape[:3], ADJACENCIES)))
        squared = differences(state.positions)[1]
        bonded = state.bonds[..., :1] >= config.edge_threshold
        near = squared <= config.spatial_cutoff
        adjacency = torch.cat([bonded, near], dim=-1).to(squared.dtype)
        return cls(True, state, squared, adjacency)
