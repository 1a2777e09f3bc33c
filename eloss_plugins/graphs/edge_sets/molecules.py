"""The clean molecules of a loss batch, laid end to end on the host."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from eloss_plugins.core.edges import Edges
from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.graphs.structure import Structure

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Molecules:
    """Real atoms alone, molecule by molecule.

    Attributes:
        positions: `(atoms, D)` angstrom.
        offsets: `(molecules + 1,)`; molecule m owns atoms `offsets[m]:offsets[m + 1]`.
        numbers: `(atoms,)` atomic numbers; None where they are not known.
        bonds: `(bonds, 2)` atoms of this list, sorted by molecule; None where not known.
    """

    positions: Floats
    offsets: Integers
    numbers: Integers | None = None
    bonds: Integers | None = None

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def sizes(self) -> Integers:
        """`(molecules,)` atoms of each."""
        return np.diff(self.offsets)

    def atoms_of(self, molecule: int) -> slice:
        """Where the atoms of one molecule are."""
        return slice(int(self.offsets[molecule]), int(self.offsets[molecule + 1]))

    def bonds_of(self, molecule: int) -> Integers | None:
        """`(bonds, 2)` of one molecule, its first atom being 0."""
        if self.bonds is None:
            return None
        atoms = self.atoms_of(molecule)
        own = (self.bonds[:, 0] >= atoms.start) & (self.bonds[:, 0] < atoms.stop)
        bonds: Integers = self.bonds[own] - atoms.start
        return bonds

    def structure(self, place: int) -> Structure:
        """One molecule by itself; positions that are not finite are zeros there."""
        atoms = self.atoms_of(place)
        numbers = None if self.numbers is None else self.numbers[atoms]
        positions = np.nan_to_num(self.positions[atoms], nan=0.0, posinf=0.0, neginf=0.0)
        return Structure(positions, numbers, self.bonds_of(place))


@dataclass(frozen=True, eq=False)
class Placed:
    """Molecules, and where their atoms are in the batch they come from.

    Attributes:
        molecules: the molecules.
        atoms: `(atoms,)` number of each in the flattened batch.
    """

    molecules: Molecules
    atoms: Integers

    def edges(
        self, pairs: Integers, molecule: Integers, weight: Floats | None, batch: LossBatch
    ) -> Edges:
        """Pairs of each molecule's own atoms as edges of the batch, on its device."""
        start = self.molecules.offsets[:-1][molecule]
        index = self.atoms[pairs.T + start]
        return Edges(
            torch.from_numpy(index).to(batch.target.device),
            None
            if weight is None
            else torch.from_numpy(weight).to(batch.target.device, batch.wide),
        )


def molecules_of(batch: LossBatch) -> Placed:
    """The molecules of a batch; reads positions from the device, which waits for it."""
    positions = _host(batch.target).astype(np.float64) * batch.length_scale
    flat = positions.reshape(-1, positions.shape[-1])
    atoms, sizes = _real_atoms(batch)
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    numbers = None if batch.numbers is None else _host(batch.numbers).reshape(-1)[atoms]
    bonds = None if batch.bonds is None else _bonds(_host(batch.bonds.index), atoms, len(flat))
    return Placed(Molecules(flat[atoms], offsets, numbers, bonds), atoms)


def _real_atoms(batch: LossBatch) -> tuple[Integers, Integers]:
    """Numbers of the real atoms, molecule by molecule, and how many each molecule has."""
    if batch.batch is not None:
        owner = _host(batch.batch)
        return owner.argsort(kind="stable"), np.bincount(owner, minlength=batch.num_molecules)
    molecules, slots = batch.target.shape[:2]
    if batch.mask is None:
        return np.arange(molecules * slots), np.full(molecules, slots)
    mask = _host(batch.mask)
    return np.flatnonzero(mask), mask.sum(1)


def _bonds(index: Integers, atoms: Integers, slots: int) -> Integers:
    place = np.full(slots, -1)
    place[atoms] = np.arange(len(atoms))
    bonds = np.sort(place[index.T], axis=1)
    return bonds[bonds[:, 0] >= 0]


def _host(tensor: Tensor) -> NDArray[Any]:
    low = tensor.detach().cpu()
    return (low.float() if low.dtype == torch.bfloat16 else low).numpy()
