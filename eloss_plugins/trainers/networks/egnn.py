"""The E(n)-equivariant graph network of EDM, on dense padded batches."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from eloss_plugins.trainers.networks.aggregation import Aggregation
from eloss_plugins.trainers.networks.graph_layer import GraphLayer
from eloss_plugins.trainers.networks.pairs import WAVES, differences, directions, waves
from eloss_plugins.trainers.networks.position_layer import PositionLayer


@dataclass(frozen=True)
class EgnnSizes:
    """Sizes and choices of the network.

    Attributes:
        features: width of the atoms' states.
        layers: number of blocks.
        sublayers: graph layers in a block, before its positions move.
        attention: see `GraphLayer`.
        tanh: see `PositionLayer`.
        norm_constant: added to the distance that divides pair directions.
        sin_embedding: give the layers sines and cosines of distances, not squared distances.
    """

    features: int
    layers: int
    sublayers: int = 1
    attention: bool = True
    tanh: bool = True
    norm_constant: float = 1.0
    sin_embedding: bool = False

    @property
    def pair_features(self) -> int:
        """Numbers that a layer sees of a pair: of its distance now and at the start."""
        return 2 * (2 * WAVES if self.sin_embedding else 1)


class EquivariantBlock(nn.Module):
    """Some graph layers (`gcl_0`, ...) at fixed positions, then one position layer (`gcl_equiv`).

    Args:
        sizes: of the network.
    """

    def __init__(self, sizes: EgnnSizes):
        super().__init__()
        self.sublayers = sizes.sublayers
        width, pair = sizes.features, sizes.pair_features
        for number in range(sizes.sublayers):
            self.add_module(f"gcl_{number}", GraphLayer(width, pair, sizes.attention))
        self.gcl_equiv = PositionLayer(width, pair, sizes.tanh)

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
        sizes: all else.
    """

    def __init__(self, inputs: int, sizes: EgnnSizes):
        super().__init__()
        self.sizes = sizes
        self.embedding = nn.Linear(inputs, sizes.features)
        self.embedding_out = nn.Linear(sizes.features, inputs)
        for number in range(sizes.layers):
            self.add_module(f"e_block_{number}", EquivariantBlock(sizes))

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
        for number in range(self.sizes.layers):
            difference, squared = differences(positions)
            pair = torch.cat([self._distance_features(squared), first], dim=-1)
            direction = directions(difference, squared, self.sizes.norm_constant)
            block = self.get_submodule(f"e_block_{number}")
            states, positions = block(states, positions, direction, pair, aggregation)
        return self.embedding_out(states) * aggregation.real, positions

    def _distance_features(self, squared: Tensor) -> Tensor:
        return waves(squared) if self.sizes.sin_embedding else squared
