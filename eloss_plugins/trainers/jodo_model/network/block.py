"""One layer of the graph transformer: messages, feed-forward layers, then positions move."""

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn.functional import silu

from eloss_plugins.trainers.jodo_model.config import JodoConfig
from eloss_plugins.trainers.jodo_model.network.context import Context
from eloss_plugins.trainers.jodo_model.network.gaussian_distances import GaussianDistances
from eloss_plugins.trainers.jodo_model.network.joined_linear import joined_linear
from eloss_plugins.trainers.jodo_model.network.modulation import PARTS, modulation, modulator
from eloss_plugins.trainers.jodo_model.network.position_update import PositionUpdate
from eloss_plugins.trainers.jodo_model.network.relational_attention import RelationalAttention
from eloss_plugins.trainers.jodo_model.network.widths import Widths
from eloss_plugins.trainers.networks.pairs import differences


@dataclass(frozen=True)
class Hidden:
    """States between layers.

    Attributes:
        positions: `(molecules, atoms, 3)`.
        atoms: `(molecules, atoms, features)`.
        pairs: `(molecules, atoms, atoms, pair_features)`, sender first.
    """

    positions: Tensor
    atoms: Tensor
    pairs: Tensor


class TransformerBlock(nn.Module):
    """Relational attention, feed-forward layers of atoms and of pairs, position update.

    The time vector shifts, scales and gates both halves of the layer, for atoms and for pairs.
    Parameter names are upstream's.

    Args:
        config: sizes and choices.
    """

    def __init__(self, config: JodoConfig) -> None:
        super().__init__()
        widths = Widths.of(config)
        atom, pair, time = widths.atom, widths.pair, widths.time
        self.edge_emb = nn.Linear(pair + widths.distance, pair)
        self.node2edge_lin = nn.Linear(atom, pair)
        self.attn_mpnn = RelationalAttention(
            atom, pair, config.heads, config.extra_heads, config.softmax_inf
        )
        self.ff_linear1 = nn.Linear(atom, atom * config.mlp_ratio)
        self.ff_linear2 = nn.Linear(atom * config.mlp_ratio, atom)
        self.ff_linear3 = nn.Linear(pair, pair * config.mlp_ratio)
        self.ff_linear4 = nn.Linear(pair * config.mlp_ratio, pair)
        self.equi_update = PositionUpdate(atom, pair, widths.distance, time, config.extra_heads)
        self.node_time_mlp = modulator(time, PARTS * atom)
        self.edge_time_mlp = modulator(time, PARTS * pair)
        self.dist_layer = (
            GaussianDistances(widths.distance, time) if config.distance_basis else None
        )
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, hidden: Hidden, context: Context) -> Hidden:
        """New states in the shapes of the old; positions are not centred."""
        of_atoms = modulation(self.node_time_mlp, context.time, hidden.atoms)
        of_pairs = modulation(self.edge_time_mlp, context.time, hidden.pairs)
        distances = self._distances(hidden.positions, context)
        pairs = joined_linear(self.edge_emb, distances, hidden.pairs)
        received = self.attn_mpnn(of_atoms.before(hidden.atoms), of_pairs.before(pairs), context)
        atoms = of_atoms.between(hidden.atoms, received) * context.real
        atoms = of_atoms.after(atoms, self._feed_atoms(atoms)) * context.real
        pairs = of_pairs.between(hidden.pairs, self._of_both_ends(received))
        pairs = of_pairs.after(pairs, self._feed_pairs(pairs))
        positions = self.equi_update(hidden.positions, atoms, pairs, distances, context)
        return Hidden(positions, atoms, pairs)

    def _distances(self, positions: Tensor, context: Context) -> Tensor:
        squared = differences(positions)[1]
        if self.dist_layer is None:
            return squared
        features: Tensor = self.dist_layer(squared, context.time)
        return features

    def _of_both_ends(self, received: Tensor) -> Tensor:
        """A linear map of the sum over the two atoms of each pair."""
        sent: Tensor = self.node2edge_lin(received)
        return sent.unsqueeze(2) + (sent - self.node2edge_lin.bias).unsqueeze(1)

    def _feed_atoms(self, atoms: Tensor) -> Tensor:
        inner = self.dropout(silu(self.ff_linear1(atoms)))
        fed: Tensor = self.dropout(self.ff_linear2(inner))
        return fed

    def _feed_pairs(self, pairs: Tensor) -> Tensor:
        inner = self.dropout(silu(self.ff_linear3(pairs)))
        fed: Tensor = self.dropout(self.ff_linear4(inner))
        return fed
