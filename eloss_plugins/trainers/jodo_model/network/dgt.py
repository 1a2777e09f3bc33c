"""The diffusion graph transformer: noisy atoms and bonds -> clean atoms and bonds."""

import torch
from torch import Tensor, nn

from eloss_plugins.trainers.jodo_model.config import JodoConfig
from eloss_plugins.trainers.jodo_model.network.block import Hidden, TransformerBlock
from eloss_plugins.trainers.jodo_model.network.condition import Condition
from eloss_plugins.trainers.jodo_model.network.context import Context
from eloss_plugins.trainers.jodo_model.network.gaussian_distances import GaussianDistances
from eloss_plugins.trainers.jodo_model.network.joined_linear import joined, joined_linear
from eloss_plugins.trainers.jodo_model.network.time_embedding import time_network
from eloss_plugins.trainers.jodo_model.network.widths import Widths, atom_numbers
from eloss_plugins.trainers.jodo_model.state import JointState
from eloss_plugins.trainers.molecule_noise import centred
from eloss_plugins.trainers.networks.dynamics import zero_padding
from eloss_plugins.trainers.networks.pairs import real_pairs


class Dgt(nn.Module):
    """Predicts clean molecules from noisy ones; positions turn with them, the rest stays.

    Dense and padded; nothing depends on the padding. Parameter names are those of JODO's
    `DGT_concat`, in the same order: `node_emb`, `edge_emb`, `dist_layer`, `e_block_0`, `node_0`,
    `edge_0`, ..., `node_pred_mlp`, `edge_type_mlp`, `edge_exist_mlp`, `time_mlp`. Non-finite
    values pass through: the caller counts them (upstream zeroes the whole batch's positions).

    Args:
        config: sizes and choices.
        elements: how many element types there are.

    Reference: Huang et al., arXiv 2305.12347.
    """

    def __init__(self, config: JodoConfig, elements: int) -> None:
        super().__init__()
        self.config = config
        widths = Widths.of(config)
        numbers = atom_numbers(config, elements)
        self.node_emb = nn.Linear(2 * numbers, widths.atom)
        self.edge_emb = nn.Linear(2 * config.bond_channels + widths.distance, widths.pair)
        if config.distance_basis:
            self.dist_layer = GaussianDistances(widths.distance, widths.time)
        for number in range(config.layers):
            self.add_module(f"e_block_{number}", TransformerBlock(config))
            self.add_module(f"node_{number}", nn.Linear(widths.atom, widths.atom_skip))
            self.add_module(f"edge_{number}", nn.Linear(widths.pair, widths.pair_skip))
        atoms = widths.atom + widths.atom_skip * config.layers
        pairs = widths.pair + widths.pair_skip * config.layers
        self.node_pred_mlp = _read_out(atoms, widths.atom, numbers)
        self.edge_type_mlp = _read_out(pairs, widths.pair, config.bond_channels - 1)
        self.edge_exist_mlp = _read_out(pairs, widths.pair, 1)
        if config.condition_time:
            self.time_mlp = time_network(widths.time)

    def forward(
        self, noisy: JointState, log_snr: Tensor, mask: Tensor, condition: JointState | None
    ) -> JointState:
        """The predicted clean molecules; positions are centred, padding and diagonal are zero.

        Args:
            noisy: the molecules, whatever stands in padding and on the diagonal.
            log_snr: `(molecules,)`, log(alpha^2 / sigma^2).
            mask: `(molecules, atoms)` bool.
            condition: an earlier prediction for the same molecules, or None.
        """
        pairs = real_pairs(mask, with_self=False)
        noisy = _cleared(noisy, mask, pairs)
        given = Condition.of(condition and _cleared(condition, mask, pairs), noisy, self.config)
        time = self.time_mlp(log_snr) if self.config.condition_time else None
        real = mask.unsqueeze(-1).to(noisy.atoms.dtype)
        context = Context(mask, real, pairs, given.adjacency, time)
        return self._read(self._layers(self._embed(noisy, given, time), context), context)

    def _embed(self, noisy: JointState, given: Condition, time: Tensor | None) -> Hidden:
        atoms = joined_linear(self.node_emb, noisy.features, given.state.features)
        pairs = joined_linear(
            self.edge_emb, noisy.bonds, given.state.bonds, self._distances(given, time)
        )
        return Hidden(noisy.positions, atoms, pairs)

    def _distances(self, given: Condition, time: Tensor | None) -> Tensor:
        """Distances of the condition as the layers see them; zeros without one."""
        if not self.config.distance_basis:
            return given.squared
        if not given.known:
            return given.squared.expand(*given.squared.shape[:-1], Widths.of(self.config).distance)
        features: Tensor = self.dist_layer(given.squared, time)
        return features

    def _layers(self, hidden: Hidden, context: Context) -> list[Hidden]:
        """The states before the first and after each layer."""
        states = [hidden]
        for number in range(self.config.layers):
            hidden = self.get_submodule(f"e_block_{number}")(hidden, context)
            if self.config.centre_layers:
                positions = centred(hidden.positions, context.mask)
                hidden = Hidden(positions, hidden.atoms, hidden.pairs)
            states.append(hidden)
        return states

    def _read(self, states: list[Hidden], context: Context) -> JointState:
        """Positions of the last layer, the rest from all layers."""
        later = list(enumerate(states[1:]))
        atoms = [states[0].atoms]
        atoms += [self.get_submodule(f"node_{number}")(state.atoms) for number, state in later]
        pairs = [states[0].pairs]
        pairs += [self.get_submodule(f"edge_{number}")(state.pairs) for number, state in later]
        bonds = [joined(self.edge_exist_mlp, *pairs), joined(self.edge_type_mlp, *pairs)]
        features = joined(self.node_pred_mlp, *atoms) * context.real
        positions = centred(states[-1].positions, context.mask)
        return JointState(
            torch.cat([positions, features], dim=-1),
            _symmetric(torch.cat(bonds, dim=-1).to(positions.dtype)) * context.pairs.unsqueeze(-1),
        )


def _read_out(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, hidden),
        nn.SiLU(),
        nn.Linear(hidden, hidden // 2),
        nn.SiLU(),
        nn.Linear(hidden // 2, outputs),
    )


def _symmetric(pairs: Tensor) -> Tensor:
    """The mean over both orders of each pair (dropout tells them apart)."""
    return 0.5 * (pairs + pairs.transpose(1, 2))


def _cleared(state: JointState, mask: Tensor, pairs: Tensor) -> JointState:
    """`state` with zeros in padding and on the diagonal, whatever stood there, NaN included."""
    bonds = state.bonds.masked_fill(~pairs.unsqueeze(-1), 0.0)
    return JointState(zero_padding(state.atoms, mask), bonds)
