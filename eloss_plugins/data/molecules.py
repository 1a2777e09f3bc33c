"""A set of molecules as flat arrays: the one form in which loaders, metrics and reports meet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.data.bond_list import BondList
from eloss_plugins.data.bond_set import BondSet, gathered


@dataclass(frozen=True)
class Molecule:
    """One molecule.

    Attributes:
        positions: `(atoms, 3)` float64, angstrom.
        numbers: `(atoms,)` int64, atomic numbers.
        name: where it came from, for messages.
        bonds: those that a file or a model states; None where there is no such statement, and
            bonds are a matter of distances.
        formal_charges: `(atoms,)` int64, stated with the bonds; None where they are not, which
            beside bonds means that all are zero.
    """

    positions: NDArray[np.float64]
    numbers: NDArray[np.int64]
    name: str = ""
    bonds: BondList | None = None
    formal_charges: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass(frozen=True)
class MoleculeSet:
    """Molecules laid end to end.

    Either all of them state bonds or the set has none: one molecule without leaves all without.

    Attributes:
        positions: `(atoms, 3)` float64, angstrom, all molecules together.
        numbers: `(atoms,)` int64, atomic numbers.
        offsets: `(molecules + 1,)` int64; molecule i owns atoms `offsets[i]:offsets[i + 1]`.
        names: `(molecules,)` names for messages; empty when the source gave none.
        bonds: those that the source states; None unless it does for every molecule.
        formal_charges: `(atoms,)` int64, there exactly where bonds are.
    """

    positions: NDArray[np.float64]
    numbers: NDArray[np.int64]
    offsets: NDArray[np.int64]
    names: tuple[str, ...] = field(default=())
    bonds: BondSet | None = None
    formal_charges: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> Molecule:
        if not -len(self) <= index < len(self):
            raise IndexError(f"molecule {index} of a set of {len(self)}")
        index %= len(self)
        atoms = slice(int(self.offsets[index]), int(self.offsets[index + 1]))
        name = self.names[index] if self.names else f"molecule {index}"
        bonds = None if self.bonds is None else self.bonds.of(index, atoms.stop - atoms.start)
        charges = None if self.formal_charges is None else self.formal_charges[atoms]
        return Molecule(self.positions[atoms], self.numbers[atoms], name, bonds, charges)

    def __iter__(self) -> Iterator[Molecule]:
        return (self[index] for index in range(len(self)))

    @property
    def sizes(self) -> NDArray[np.int64]:
        """`(molecules,)` atoms in each molecule."""
        return np.diff(self.offsets)

    def subset(self, indices: Sequence[int] | NDArray[np.int64]) -> "MoleculeSet":
        """The molecules at `indices`, in that order."""
        places = np.asarray(indices, dtype=np.int64).reshape(-1)
        offsets, atoms = gathered(self.offsets, places)
        return MoleculeSet(
            self.positions[atoms],
            self.numbers[atoms],
            offsets,
            names=tuple(self.names[place] for place in places) if self.names else (),
            bonds=None if self.bonds is None else self.bonds.subset(places),
            formal_charges=None if self.formal_charges is None else self.formal_charges[atoms],
        )

    @classmethod
    def from_molecules(cls, molecules: Sequence[Molecule]) -> "MoleculeSet":
        """Lay `molecules` end to end; their bonds are kept if all of them have some stated."""
        sizes = [len(molecule) for molecule in molecules]
        lists = [molecule.bonds for molecule in molecules if molecule.bonds is not None]
        stated = len(lists) == len(molecules) > 0
        return cls(
            positions=np.concatenate([np.zeros((0, 3)), *(m.positions for m in molecules)]),
            numbers=np.concatenate([np.zeros(0, np.int64), *(m.numbers for m in molecules)]),
            offsets=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            names=tuple(molecule.name for molecule in molecules),
            bonds=BondSet.from_lists(lists) if stated else None,
            formal_charges=_charges(molecules) if stated else None,
        )

    @classmethod
    def concatenate(cls, sets: Sequence["MoleculeSet"]) -> "MoleculeSet":
        """The molecules of all `sets`, in order; bonds are kept if all sets have them."""
        shifts = np.cumsum([0, *(len(each.numbers) for each in sets)])
        offsets = [each.offsets[1:] + shift for each, shift in zip(sets, shifts, strict=False)]
        filled = [each for each in sets if len(each)]
        bonds = [each.bonds for each in filled if each.bonds is not None]
        charges = [each.formal_charges for each in filled if each.formal_charges is not None]
        stated = len(bonds) == len(filled) > 0
        return cls(
            positions=np.concatenate([each.positions for each in sets]),
            numbers=np.concatenate([each.numbers for each in sets]),
            offsets=np.concatenate([[0], *offsets]).astype(np.int64),
            names=_names(filled),
            bonds=BondSet.concatenate(bonds) if stated else None,
            formal_charges=np.concatenate(charges) if stated else None,
        )


def _charges(molecules: Sequence[Molecule]) -> NDArray[np.int64]:
    none = (
        np.zeros(len(m), np.int64) if m.formal_charges is None else m.formal_charges
        for m in molecules
    )
    return np.concatenate([np.zeros(0, np.int64), *none])


def _names(sets: Sequence[MoleculeSet]) -> tuple[str, ...]:
    """All names, if every set has them."""
    named = all(each.names for each in sets)
    return tuple(name for each in sets for name in each.names) if named else ()
