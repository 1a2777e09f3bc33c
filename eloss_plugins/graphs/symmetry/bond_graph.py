"""The bonds of a structure as lists of neighbours, with a label for each bond."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class BondGraph:
    """Atoms with colours and bonds with labels.

    Attributes:
        colours: `(atoms,)` int64; only atoms of one colour may change places.
        bonds: `(bonds, 2)` int64, each once.
        labels: `(bonds,)` int64; only bonds of one label may change places.
    """

    colours: NDArray[np.int64]
    bonds: NDArray[np.int64]
    labels: NDArray[np.int64]

    @property
    def num_atoms(self) -> int:
        """How many atoms there are."""
        return len(self.colours)

    @cached_property
    def _by_atom(self) -> NDArray[np.int64]:
        both = np.concatenate([self.bonds, self.bonds[:, ::-1]])
        ends = np.column_stack([both, np.concatenate([self.labels, self.labels])])
        return ends[np.argsort(ends[:, 0], kind="stable")]

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """`(atoms + 1,)` where the neighbours of each atom begin."""
        degrees = np.bincount(self._by_atom[:, 0], minlength=self.num_atoms)
        return np.concatenate([[0], np.cumsum(degrees)])

    @property
    def neighbours(self) -> NDArray[np.int64]:
        """`(2 * bonds,)` the neighbours of all atoms in turn."""
        return self._by_atom[:, 1]

    @property
    def bond_labels(self) -> NDArray[np.int64]:
        """`(2 * bonds,)` the labels of the bonds to `neighbours`."""
        return self._by_atom[:, 2]

    def around(self, atom: int) -> Iterator[tuple[int, int]]:
        """Neighbour and bond label of each bond of an atom."""
        part = self._by_atom[self.starts[atom] : self.starts[atom + 1], 1:]
        yield from ((int(neighbour), int(label)) for neighbour, label in part)

    def part(self, atoms: NDArray[np.int64], colours: NDArray[np.int64]) -> "BondGraph":
        """The graph of some atoms, numbered as they are listed, and of the bonds between them."""
        place = np.full(self.num_atoms, -1)
        place[atoms] = np.arange(len(atoms))
        bonds = place[self.bonds]
        inside = (bonds >= 0).all(axis=1)
        return BondGraph(colours, bonds[inside], self.labels[inside])

    def is_kept_by(self, permutation: NDArray[np.integer]) -> bool:
        """Whether a map of atoms is one to one and keeps colours, bonds and labels, exactly."""
        if not np.array_equal(np.sort(permutation), np.arange(self.num_atoms)):
            return False
        same_colours = np.array_equal(self.colours[permutation], self.colours)
        return same_colours and self._codes(permutation[self.bonds]) == self._own_codes

    @cached_property
    def _own_codes(self) -> bytes:
        return self._codes(self.bonds)

    def _codes(self, bonds: NDArray[np.integer]) -> bytes:
        rows = np.column_stack([np.sort(bonds, axis=1), self.labels]).astype(np.int64)
        return rows[np.lexsort(rows.T)].tobytes()
