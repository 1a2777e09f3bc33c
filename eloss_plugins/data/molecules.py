"""A set of molecules as flat arrays: the one form in which loaders, metrics and reports meet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Molecule:
    """One molecule.

    Attributes:
        positions: `(atoms, 3)` float64, angstrom.
        numbers: `(atoms,)` int64, atomic numbers.
        name: where it came from, for messages.
    """

    positions: NDArray[np.float64]
    numbers: NDArray[np.int64]
    name: str = ""

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass(frozen=True)
class MoleculeSet:
    """Molecules laid end to end.

    Attributes:
        positions: `(atoms, 3)` float64, angstrom, all molecules together.
        numbers: `(atoms,)` int64, atomic numbers.
        offsets: `(molecules + 1,)` int64; molecule i owns atoms `offsets[i]:offsets[i + 1]`.
        names: `(molecules,)` names for messages; empty when the source gave none.
    """

    positions: NDArray[np.float64]
    numbers: NDArray[np.int64]
    offsets: NDArray[np.int64]
    names: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> Molecule:
        if not -len(self) <= index < len(self):
            raise IndexError(f"molecule {index} of a set of {len(self)}")
        index %= len(self)
        atoms = slice(int(self.offsets[index]), int(self.offsets[index + 1]))
        name = self.names[index] if self.names else f"molecule {index}"
        return Molecule(self.positions[atoms], self.numbers[atoms], name)

    def __iter__(self) -> Iterator[Molecule]:
        return (self[index] for index in range(len(self)))

    @property
    def sizes(self) -> NDArray[np.int64]:
        """`(molecules,)` atoms in each molecule."""
        return np.diff(self.offsets)

    def subset(self, indices: Sequence[int] | NDArray[np.int64]) -> "MoleculeSet":
        """The molecules at `indices`, in that order."""
        places = np.asarray(indices, dtype=np.int64).reshape(-1)
        sizes = self.sizes[places]
        offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        shifts = self.offsets[:-1][places] - offsets[:-1]
        atoms = np.arange(offsets[-1]) + np.repeat(shifts, sizes)
        names = tuple(self.names[place] for place in places) if self.names else ()
        return MoleculeSet(self.positions[atoms], self.numbers[atoms], offsets, names)

    @classmethod
    def from_molecules(cls, molecules: Sequence[Molecule]) -> "MoleculeSet":
        """Lay `molecules` end to end."""
        sizes = [len(molecule) for molecule in molecules]
        return cls(
            positions=np.concatenate([np.zeros((0, 3)), *(m.positions for m in molecules)]),
            numbers=np.concatenate([np.zeros(0, np.int64), *(m.numbers for m in molecules)]),
            offsets=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            names=tuple(molecule.name for molecule in molecules),
        )
