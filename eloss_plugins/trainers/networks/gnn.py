"""The plain graph network of GDM: positions are ordinary features, nothing is equivariant."""

from torch import Tensor, nn

from eloss_plugins.trainers.networks.aggregation import Aggregation
from eloss_plugins.trainers.networks.graph_layer import GraphLayer


class Gnn(nn.Module):
    """Embedding, graph layers `gcl_0`, ..., read-out: upstream's parameter names.

    Args:
        inputs: width of the atoms' features with positions, in and out.
        features: width of the atoms' states.
        layers: number of graph layers.
        attention: see `GraphLayer`.
    """

    def __init__(self, inputs: int, *, features: int, layers: int, attention: bool = True):
        super().__init__()
        self.layers = layers
        self.embedding = nn.Linear(inputs, features)
        self.embedding_out = nn.Linear(features, inputs)
        for number in range(layers):
            self.add_module(f"gcl_{number}", GraphLayer(features, 0, attention))

    def forward(self, features: Tensor, aggregation: Aggregation) -> Tensor:
        """New features, `(molecules, atoms, inputs)`, padding zero."""
        states = self.embedding(features)
        for number in range(self.layers):
            states = self.get_submodule(f"gcl_{number}")(states, None, aggregation)
        out: Tensor = self.embedding_out(states)
        return out * aggregation.real
