"""Bonds of a padded batch from distances, where the batch lives."""

import torch
from torch import Tensor

from eloss_plugins.chem.bond_table import NUM_ELEMENTS, THRESHOLDS_PM
from eloss_plugins.chem.bonds import PM_PER_ANGSTROM
from eloss_plugins.core.bonds import Bonds
from eloss_plugins.core.numerics import full_precision, widest_dtype


def find_batch_bonds(positions: Tensor, numbers: Tensor, mask: Tensor) -> Bonds:
    """The bonds of clean molecules by EDM's distance rule, as `chem.bonds.find_bonds` has them.

    Atoms at NaN or infinity, unknown elements and padding have no bonds.

    Args:
        positions: `(molecules, atoms, 3)` angstrom.
        numbers: `(molecules, atoms)` int64 atomic numbers.
        mask: `(molecules, atoms)` bool, true for real atoms.
    """
    with full_precision(positions):
        orders = torch.triu(_orders(positions.detach(), _known(numbers, mask)), diagonal=1)
    molecule, first, second = orders.nonzero(as_tuple=True)
    start = molecule * mask.shape[1]
    found = orders[molecule, first, second].to(torch.get_default_dtype())
    return Bonds(torch.stack([start + first, start + second]), found)


def _orders(positions: Tensor, known: Tensor) -> Tensor:
    """`(molecules, atoms, atoms)` bond orders: how many thresholds a pair stays below."""
    wide = positions.to(widest_dtype(positions))
    distances = (wide.unsqueeze(2) - wide.unsqueeze(1)).square().sum(-1).sqrt()
    thresholds = torch.from_numpy(THRESHOLDS_PM).to(distances)
    limits = thresholds[:, known.unsqueeze(2), known.unsqueeze(1)]
    return (PM_PER_ANGSTROM * distances < limits).sum(0)


def _known(numbers: Tensor, mask: Tensor) -> Tensor:
    """Atomic numbers, with 0, which never bonds, for padding and for what no element has."""
    return torch.where(mask & (numbers > 0) & (numbers < NUM_ELEMENTS), numbers, 0)
