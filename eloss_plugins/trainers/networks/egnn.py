"""The E(n)-equivariant graph network of EDM, on dense padded batches."""

import torch
from torch import Tensor, nn

from eloss_plugins.trainers.networks.aggregation import Aggregation
from eloss_plugins.trainers.networks.graph_layer import GraphLayer
from eloss_plugins.trainers.networks.pairs import WAVES, differences, directions, waves
from eloss_plugins.trainers.networks.position_layer import PositionLayer


class EquivariantBlock(nn.Module):
    """Some graph layers (`gcl_0`, ...) at fixed positions, then one position layer (`gcl_equiv`).

    Args:
        features: width of the atoms' states.
        pair_features: width of the pair features.
        sublayers: graph layers before the positions move.
        attention: see `GraphLayer`.
        tanh: see `PositionLayer`.
    """

    def __init__(
        self, features: int, pair_features: int, sublayers: int, attention: bool, tanh: bool
    ):
        super().__init__()
        self.sublayers = sublayers
        for number in range(sublayers):
            self.add_module(f"gcl_{number}", GraphLayer(features, pair_features, attention))
        self.gcl_equiv = PositionLayer(features, pair_features, tanh)

    def forward(
        self,
        states: Tensor,
        positions: Tensor,
        direction: Tensor,
        pair: Tensor,
        aggregation: Aggregation,
    ) -> tuple[Tensor, Tensor]:
        """New states and positions, in the shapes of the old."""
        for number in range(self.sublayers):
            states = self.get_submodule(f"gcl_{number}")(states, pair, aggregation)
        positions = self.gcl_equiv(positions, states, direction, pair, aggregation)
        return states, positions


class Egnn(nn.Module):
    """Embedding, blocks `e_block_0`, ..., read-out: upstream's parameter names.

    Args:
        inputs: width of the atoms' features, in and out.
        features: width of the atoms' states.
        layers: number of blocks.
        sublayers: graph layers a block.
        attention: see `GraphLayer`.
        tanh: see `PositionLayer`.
        norm_constant: added to the distance that divides pair directions.
        sin_embedding: give the layers sines and cosines of distances, not squared distances.
    """

    def __init__(
        self,
        inputs: int,
        *,
        features: int,
        layers: int,
        sublayers: int = 1,
        attention: bool = True,
        tanh: bool = True,
        norm_constant: float = 1.0,
        sin_embedding: bool = False,
    ):
        super().__init__()
        self.layers = layers
        self.norm_constant = norm_constant
        self.sin_embedding = sin_embedding
        self.embedding = nn.Linear(inputs, features)
        self.embedding_out = nn.Linear(features, inputs)
        pair_features = 2 * (2 * WAVES if sin_embedding else 1)
        for number in range(layers):
            block = EquivariantBlock(features, pair_features, sublayers, attention, tanh)
            self.add_module(f"e_block_{number}", block)

    def forward(
        self, features: Tensor, positions: Tensor, aggregation: Aggregation
    ) -> tuple[Tensor, Tensor]:
        """New features and positions, padding zero.

        Args:
            features: `(molecules, atoms, inputs)`.
            positions: `(molecules, atoms, 3)`.
            aggregation: which pairs count and by what their sum is divided.
        """
        states = self.embedding(features)
        first = self._distance_features(differences(positions)[1])
        for number in range(self.layers):
            difference, squared = differences(positions)
            pair = torch.cat([self._distance_features(squared), first], dim=-1)
            direction = directions(difference, squared, self.norm_constant)
            block = self.get_submodule(f"e_block_{number}")
            states, positions = block(states, positions, direction, pair, aggregation)
        return self.embedding_out(states) * aggregation.real, positions

    def _distance_features(self, squared: Tensor) -> Tensor:
        return waves(squared) if self.sin_embedding else squared
