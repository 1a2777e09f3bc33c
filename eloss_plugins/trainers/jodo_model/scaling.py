"""Between a molecule as data and the scaled numbers that JODO's process runs on."""

from dataclasses import dataclass

import torch
from torch import Tensor

from eloss_plugins.data.batch import Batch
from eloss_plugins.data.bond_list import AROMATIC
from eloss_plugins.errors import UsageError
from eloss_plugins.trainers.jodo_model.config import BOND_CHANNELS, JodoConfig
from eloss_plugins.trainers.jodo_model.state import JointState
from eloss_plugins.trainers.molecule_noise import SPACE
from eloss_plugins.trainers.networks.pairs import real_pairs

TRIPLE = 3  # the order at which the second channel of a bond is 1; 0 there for an aromatic one
HALF = 0.5  # from here on a channel of zero or one is set
MOST_CHARGE = 15  # largest formal charge that a molecule file (V2000, M CHG) can say


@dataclass(frozen=True)
class JointScaling:
    """Divisors of JODO's `normalize_factors`, and what the columns mean.

    Attributes:
        positions: angstrom per model unit.
        types: divisor of the element types.
        charges: divisor of the formal charges.
        bonds: divisor of the bond channels.
        centred: types and bond channels run from -1 to 1 before the division, else from 0 to 1.
        bond_channels: exists, order / 3, and with 3 channels aromatic.
        include_charges: whether atoms have formal charges.
        charge_range: least and largest formal charge, for `clamped`.

    Reference: JODO, arXiv 2305.12347, section 4 and appendix (data representation).
    """

    positions: float = 1.0
    types: float = 4.0
    charges: float = 4.0
    bonds: float = 1.0
    centred: bool = True
    bond_channels: int = BOND_CHANNELS[0]
    include_charges: bool = True
    charge_range: tuple[float, float] = (-1.0, 1.0)

    @staticmethod
    def of(config: JodoConfig) -> "JointScaling":
        """The scaling that a configuration asks for."""
        return JointScaling(
            *config.norm_values,
            centred=config.centred,
            bond_channels=config.bond_channels,
            include_charges=config.include_formal_charges,
            charge_range=config.charge_range,
        )

    def width(self, elements: int) -> int:
        """Columns of an atom beside its position."""
        return elements + int(self.include_charges)

    def encode(self, batch: Batch) -> JointState:
        """The scaled molecules; padding and the diagonal of the bonds are zero.

        Raises:
            UsageError: the batch has no bonds, or formal charges are generated and it has none.
        """
        _check(batch, self.include_charges)
        kind = batch.positions.dtype
        columns = [batch.positions / self.positions]
        columns += [self._level(batch.one_hot.to(kind)) / self.types]
        if self.include_charges and batch.formal_charges is not None:
            columns += [batch.formal_charges.to(kind) / self.charges]
        atoms = torch.cat(columns, dim=-1).masked_fill(~batch.mask.unsqueeze(-1), 0.0)
        bonds = self._level(self.channels(batch)) / self.bonds
        return JointState(
            atoms, bonds.masked_fill(~real_pairs(batch.mask, with_self=False).unsqueeze(-1), 0.0)
        )

    def channels(self, batch: Batch) -> Tensor:
        """The bonds as zeros, ones and thirds, `(molecules, atoms, atoms, bond_channels)`."""
        assert batch.bonds is not None
        orders = batch.bonds.to(batch.positions.dtype)
        exists = (orders > 0).to(orders)
        if self.bond_channels == BOND_CHANNELS[0]:
            return torch.stack([exists, orders / TRIPLE], dim=-1)
        aromatic = orders == AROMATIC
        whole = orders.masked_fill(aromatic, 0.0)
        return torch.stack([exists, whole / TRIPLE, aromatic.to(orders)], dim=-1)

    def type_scores(self, state: JointState) -> Tensor:
        """Scaled types alone, `(molecules, atoms, elements)`."""
        return state.atoms[..., SPACE : state.atoms.shape[-1] - int(self.include_charges)]

    def formal_charges(self, state: JointState) -> Tensor | None:
        """Whole charges, `(molecules, atoms)` int64; 0 where they are not finite."""
        if not self.include_charges:
            return None
        charges = torch.round(state.atoms[..., -1] * self.charges)
        return torch.nan_to_num(charges).clamp(-MOST_CHARGE, MOST_CHARGE).long()

    def orders(self, state: JointState, mask: Tensor) -> Tensor:
        """Bond orders 0, 1, 1.5, 2, 3, `(molecules, atoms, atoms)`; 0 where not finite."""
        channels = self._value(state.bonds * self.bonds)
        exists = (channels[..., 0] >= HALF) & real_pairs(mask, with_self=False)
        tripled = channels[..., 1] * TRIPLE
        order = sum((tripled >= least).to(channels) for least in (0.5, 1.5, 2.5))
        assert isinstance(order, Tensor)
        if self.bond_channels > BOND_CHANNELS[0]:
            order = torch.where((order == 0) & (channels[..., 2] >= HALF), AROMATIC, order)
        return order * exists

    def clamped(self, state: JointState) -> JointState:
        """Types, charges and bonds within the ranges of clean ones; positions as they are."""
        end = state.atoms.shape[-1] - int(self.include_charges)
        low = -1.0 if self.centred else 0.0
        types = state.atoms[..., SPACE:end].clamp(low / self.types, 1 / self.types)
        least, largest = (charge / self.charges for charge in self.charge_range)
        charges = state.atoms[..., end:].clamp(least, largest)
        atoms = torch.cat([state.positions, types, charges], dim=-1)
        return JointState(atoms, state.bonds.clamp(low / self.bonds, 1 / self.bonds))

    def _level(self, zero_or_one: Tensor) -> Tensor:
        return 2 * zero_or_one - 1 if self.centred else zero_or_one

    def _value(self, level: Tensor) -> Tensor:
        return (level + 1) / 2 if self.centred else level


def _check(batch: Batch, needs_charges: bool) -> None:
    if batch.bonds is None or (needs_charges and batch.formal_charges is None):
        missing = "bonds" if batch.bonds is None else "formal charges"
        raise UsageError(
            f"JODO learns from batches with bonds and formal charges; got one without {missing}:"
            " take data that have them, or let `eloss train` find them"
        )
