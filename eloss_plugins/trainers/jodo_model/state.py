"""Atoms and bonds of a batch together: what JODO's network reads and what it answers."""

from dataclasses import dataclass

from torch import Tensor

from eloss_plugins.trainers.molecule_noise import SPACE


@dataclass(frozen=True)
class JointState:
    """Molecules as numbers: clean, noisy or predicted.

    Attributes:
        atoms: `(molecules, atoms, 3 + elements + 1)`, positions, types and formal charge in the
            model's units; without the last column in a model without formal charges.
        bonds: `(molecules, atoms, atoms, bond_channels)`, symmetric; whether there is a bond, its
            order, and, where there is a third channel, whether it is aromatic.
    """

    atoms: Tensor
    bonds: Tensor

    @property
    def positions(self) -> Tensor:
        """`(molecules, atoms, 3)`."""
        return self.atoms[..., :SPACE]

    @property
    def features(self) -> Tensor:
        """Types and formal charge, `(molecules, atoms, elements + 1)`."""
        return self.atoms[..., SPACE:]
