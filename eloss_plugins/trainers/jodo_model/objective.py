"""JODO's training objective: squared errors of predicted clean positions, types and bonds."""

from dataclasses import dataclass

import torch
from torch import Tensor

from eloss_plugins.trainers.jodo_model.schedule import Level
from eloss_plugins.trainers.jodo_model.state import JointState
from eloss_plugins.trainers.networks.pairs import real_pairs


@dataclass(frozen=True)
class Parts:
    """The three parts of the objective, `(molecules,)` each.

    Attributes:
        position: of positions.
        feature: of types and formal charges.
        bond: of bonds.
    """

    position: Tensor
    feature: Tensor
    bond: Tensor

    def weighted(self, weights: tuple[float, float, float], factor: Tensor) -> "Parts":
        """Each part times its weight and the molecule's factor."""
        position, feature, bond = (factor * weight for weight in weights)
        return Parts(position * self.position, feature * self.feature, bond * self.bond)

    def divided(self, mask: Tensor) -> "Parts":
        """Sums over atoms and pairs as means over them; 0 where there are none.

        Args:
            mask: `(molecules, atoms)` bool.
        """
        atoms = mask.sum(1).clamp(min=1).to(self.position.dtype)
        pairs = real_pairs(mask, with_self=False).sum((1, 2)).clamp(min=1).to(self.bond.dtype)
        return Parts(self.position / atoms, self.feature / atoms, self.bond / pairs)

    @property
    def total(self) -> Tensor:
        """Their sum."""
        return self.position + self.feature + self.bond


def squared_errors(prediction: JointState, clean: JointState, target: Tensor) -> Parts:
    """Sums over atoms, or over ordered pairs of atoms, of the mean square over the columns.

    Everything is zero in padding. Each bond counts twice, once in either direction.

    Args:
        prediction: the network's clean molecules.
        clean: the clean molecules.
        target: `(molecules, atoms, 3)`, positions to compare with: the clean ones, turned or not.
    """
    position = (prediction.positions - target).square().mean(-1).sum(1)
    feature = (prediction.features - clean.features).square().mean(-1).sum(1)
    bond = (prediction.bonds - clean.bonds).square().mean(-1).sum((1, 2))
    return Parts(position, feature, bond)


def factor(level: Level) -> Tensor:
    """sqrt(alpha / sigma), `(molecules,)`, by which JODO weighs a molecule at its noise level."""
    return torch.sqrt(level.alpha / level.sigma)


def noisy(clean: JointState, noise: JointState, level: Level) -> JointState:
    """The molecules at a noise level, alpha x + sigma eps, atoms and bonds.

    Args:
        clean: the scaled molecules.
        noise: standard normal.
        level: alpha and sigma, `(molecules,)`.
    """
    alpha, sigma = level.alpha.view(-1, 1, 1), level.sigma.view(-1, 1, 1)
    atoms = alpha * clean.atoms + sigma * noise.atoms
    alpha, sigma = alpha.unsqueeze(-1), sigma.unsqueeze(-1)
    return JointState(atoms, alpha * clean.bonds + sigma * noise.bonds)
