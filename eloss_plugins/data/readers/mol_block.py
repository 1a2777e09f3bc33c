"""What a mol block says, in either version: atoms, bonds, formal charges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.data.bond_list import AROMATIC, BondList
from eloss_plugins.data.molecules import Molecule
from eloss_plugins.data.readers.source import TextFile
from eloss_plugins.errors import UsageError

ORDERS = {1: 1.0, 2: 2.0, 3: 3.0, 4: AROMATIC}
"""Bond orders by the number that stands for them; others are queries, dative or hydrogen bonds."""

HIGHEST_TYPE = 14

MOST_CHARGE = 999
"""Formal charge that three columns can say; more than any atom has."""

Atom = tuple[int, tuple[float, float, float]]
Bond = tuple[int, int, int]
"""First and second atom, from 0, and the number of the bond's type."""


@dataclass(frozen=True)
class MolBlock:
    """One mol block.

    Attributes:
        atoms: atomic number and position of each, angstrom.
        bonds: order of each pair of atoms that has a bond, the smaller atom first; None where the
            block's are not wanted, or some have no order.
        charges: formal charges other than zero, by atom.
    """

    atoms: list[Atom]
    bonds: Mapping[tuple[int, int], float] | None
    charges: Mapping[int, int] = field(default_factory=dict)

    def molecule(self, name: str) -> Molecule:
        """The molecule that the block describes."""
        positions = np.array([position for _, position in self.atoms]).reshape(-1, 3)
        numbers = np.array([number for number, _ in self.atoms], np.int64)
        if self.bonds is None:
            return Molecule(positions, numbers, name)
        return Molecule(positions, numbers, name, self._bond_list(self.bonds), self._charges())

    def _bond_list(self, bonds: Mapping[tuple[int, int], float]) -> BondList:
        pairs = sorted(bonds)
        orders = np.array([bonds[pair] for pair in pairs], np.float64)
        return BondList(np.array(pairs, np.int64).reshape(-1, 2), orders, len(self.atoms))

    def _charges(self) -> NDArray[np.int64]:
        charges = np.zeros(len(self.atoms), np.int64)
        for atom, charge in self.charges.items():
            charges[atom] = charge
        return charges


def bonds_of(
    text: TextFile, rows: Sequence[Bond], lines: Sequence[int], num_atoms: int
) -> dict[tuple[int, int], float] | None:
    """The order of each bonded pair; None where one is of a type that has no order.

    Args:
        text: for messages.
        rows: the bonds.
        lines: where each stands.
        num_atoms: atoms of the block.

    Raises:
        UsageError: a bond to an atom that is not there, to itself or a second time; no type.
    """
    bonds = {(a, b) if a < b else (b, a): ORDERS.get(kind) for a, b, kind in rows}
    if len(bonds) < len(rows) or any(a < 0 or b >= num_atoms or a == b for a, b in bonds):
        raise _bad_pair(text, rows, lines, num_atoms)
    known = {pair: order for pair, order in bonds.items() if order is not None}
    if len(known) == len(bonds):
        return known
    for line, (_, _, kind) in zip(lines, rows, strict=True):
        if not 0 <= kind <= HIGHEST_TYPE:
            raise UsageError(
                f"{text.at(line)}: expected a bond of type 1, 2, 3 or 4 (aromatic); got {kind}."
            )
    return None


def _bad_pair(
    text: TextFile, rows: Sequence[Bond], lines: Sequence[int], num_atoms: int
) -> UsageError:
    pairs = [(min(a, b), max(a, b)) for a, b, _ in rows]
    bad = next(
        place
        for place, (first, second) in enumerate(pairs)
        if not 0 <= first < second < num_atoms or pairs[place] in pairs[:place]
    )
    return UsageError(
        f"{text.at(lines[bad])}: expected a bond between two of {num_atoms} atoms, each pair once; "
        f"got one between {rows[bad][0] + 1} and {rows[bad][1] + 1}."
    )


def cut(text: TextFile, line: int, expected: int, found: int, what: str = "atoms") -> UsageError:
    """What to say of a block that ends too early."""
    return UsageError(
        f"{text.at(line)}: expected {expected} {what}; got {found} before the record ends. "
        "It may have been cut short."
    )
