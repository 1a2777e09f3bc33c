"""Padding molecules into one batch."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from eloss_plugins.data.batch import Batch
from eloss_plugins.data.bond_set import BondSet
from eloss_plugins.data.elements import Elements
from eloss_plugins.data.molecules import MoleculeSet


def collate(
    molecules: MoleculeSet, indices: Sequence[int] | NDArray[np.int64] | Tensor, elements: Elements
) -> Batch:
    """The molecules at `indices` as one padded batch, each with its mean at the origin.

    Args:
        molecules: the data set.
        indices: `(batch,)` places in it.
        elements: the one-hot columns.

    Raises:
        UsageError: an element outside `elements`.
    """
    places = np.asarray(indices, dtype=np.int64).reshape(-1)
    sizes = molecules.sizes[places]
    slots = np.arange(int(sizes.max(initial=0)))
    mask = slots < sizes[:, None]
    atoms = (molecules.offsets[places][:, None] + slots)[mask]
    real = torch.from_numpy(mask)
    numbers = _scatter(torch.from_numpy(molecules.numbers[atoms]), real)
    positions = _scatter(torch.from_numpy(molecules.positions[atoms]), real)
    return Batch(
        positions=_centred(positions, real).to(torch.get_default_dtype()),
        one_hot=_one_hot(numbers, real, elements),
        charges=numbers.unsqueeze(-1).to(torch.get_default_dtype()),
        mask=real,
        index=torch.from_numpy(places),
        bonds=_bonds(molecules.bonds, places, len(slots)),
        formal_charges=_charges(molecules.formal_charges, atoms, real),
    )


def _bonds(bonds: BondSet | None, places: NDArray[np.int64], slots: int) -> Tensor | None:
    """`(batch, slots, slots)` symmetric orders, zero in padding."""
    if bonds is None:
        return None
    chosen = bonds.subset(places)
    row = np.repeat(np.arange(len(places)), np.diff(chosen.offsets))
    first, second = chosen.pairs.T
    orders = torch.zeros(len(places), slots, slots)
    orders[row, first, second] = orders[row, second, first] = torch.from_numpy(chosen.orders).to(
        orders.dtype
    )
    return orders


def _charges(
    charges: NDArray[np.int64] | None, atoms: NDArray[np.int64], mask: Tensor
) -> Tensor | None:
    if charges is None:
        return None
    padded = _scatter(torch.from_numpy(charges[atoms]), mask)
    return padded.unsqueeze(-1).to(torch.get_default_dtype())


def _scatter(values: Tensor, mask: Tensor) -> Tensor:
    """Values of the real atoms `(atoms, ...)` laid out as `(batch, slots, ...)`, zero elsewhere."""
    padded = values.new_zeros(*mask.shape, *values.shape[1:])
    padded[mask] = values
    return padded


def _centred(positions: Tensor, mask: Tensor) -> Tensor:
    """Positions minus each molecule's mean, in double so that the float32 mean is zero too."""
    weights = mask.unsqueeze(-1)
    mean = positions.sum(1, keepdim=True) / weights.sum(1, keepdim=True).clamp(min=1)
    return (positions - mean) * weights


def _one_hot(numbers: Tensor, mask: Tensor, elements: Elements) -> Tensor:
    columns = elements.encode(numbers[mask])
    hot = torch.nn.functional.one_hot(columns, len(elements)).to(torch.get_default_dtype())
    return _scatter(hot, mask)
