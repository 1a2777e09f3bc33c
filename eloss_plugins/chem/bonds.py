"""Bonds from distances: EDM's rule, for whole molecules at once."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.chem.bond_table import ALLOWED_VALENCES, NUM_ELEMENTS, THRESHOLDS_PM
from eloss_plugins.data.molecules import Molecule

PM_PER_ANGSTROM = 100.0


@dataclass(frozen=True)
class BondList:
    """The bonds of one molecule, each once.

    Attributes:
        pairs: `(bonds, 2)` int64, the smaller atom first, sorted.
        orders: `(bonds,)` int64, 1, 2 or 3.
        num_atoms: atoms of the molecule, bonded or not.
    """

    pairs: NDArray[np.int64]
    orders: NDArray[np.int64]
    num_atoms: int

    def __len__(self) -> int:
        return len(self.orders)

    def valences(self) -> NDArray[np.int64]:
        """`(atoms,)` sum of bond orders at each atom."""
        ends = self.pairs.reshape(-1)
        counts = np.bincount(ends, weights=np.repeat(self.orders, 2), minlength=self.num_atoms)
        return counts.astype(np.int64)

    def matrix(self) -> NDArray[np.int64]:
        """`(atoms, atoms)` symmetric bond orders, 0 where there is no bond."""
        orders = np.zeros((self.num_atoms, self.num_atoms), np.int64)
        orders[self.pairs[:, 0], self.pairs[:, 1]] = self.orders
        return orders + orders.T

    def fragment_of(self) -> NDArray[np.int64]:
        """`(atoms,)` for each atom the smallest atom that bonds lead to: equal in one fragment."""
        label = np.arange(self.num_atoms)
        first, second = self.pairs.T
        while not np.array_equal(label[first], label[second]):
            smaller = np.minimum(label[first], label[second])
            np.minimum.at(label, label[first], smaller)
            np.minimum.at(label, label[second], smaller)
            label = label[label]
        return label

    def num_fragments(self) -> int:
        """How many pieces the bonds leave the molecule in; 0 for no atoms."""
        return len(np.unique(self.fragment_of()))


def find_bonds(molecule: Molecule) -> BondList:
    """The bonds of a molecule by EDM's distance rule.

    A pair has order 3, 2 or 1 when it is closer than the tabulated length plus the margin of that
    order, and no bond otherwise. Atoms at NaN or infinity and unknown elements have no bonds.
    """
    pairs = atom_pairs(len(molecule))
    orders = bond_orders(molecule.numbers[pairs], pair_distances(molecule.positions))
    bonded = orders > 0
    return BondList(pairs[bonded], orders[bonded], len(molecule))


def bond_orders(numbers: NDArray[np.int64], distances: NDArray[np.float64]) -> NDArray[np.int64]:
    """Bond orders of pairs of atoms.

    Args:
        numbers: `(pairs, 2)` atomic numbers, in either order.
        distances: `(pairs,)` angstrom.

    Returns:
        `(pairs,)` 0, 1, 2 or 3.
    """
    known = known_elements(numbers)
    thresholds = THRESHOLDS_PM[:, known[..., 0], known[..., 1]]
    return np.asarray((PM_PER_ANGSTROM * distances < thresholds).sum(axis=0), np.int64)


def stable_atoms(molecule: Molecule, bonds: BondList) -> NDArray[np.bool_]:
    """`(atoms,)` whether the bond orders at each atom sum to a valence its element may have."""
    valences = np.minimum(bonds.valences(), ALLOWED_VALENCES.shape[1])
    padded = np.pad(ALLOWED_VALENCES, ((0, 0), (0, 1)))
    return padded[known_elements(molecule.numbers), valences]


def pair_distances(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distances of every pair of atoms, in the order of `atom_pairs`; NaN where not finite."""
    first, second = atom_pairs(len(positions)).T
    with np.errstate(over="ignore", invalid="ignore"):
        squared = ((positions[first] - positions[second]) ** 2).sum(axis=-1)
    return np.asarray(np.sqrt(squared), np.float64)


@lru_cache(maxsize=256)
def atom_pairs(num_atoms: int) -> NDArray[np.int64]:
    """`(pairs, 2)` every pair of atoms once, the smaller first; read-only."""
    pairs = np.stack(np.triu_indices(num_atoms, k=1), axis=1).astype(np.int64)
    pairs.flags.writeable = False
    return pairs


def known_elements(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Atomic numbers, with 0 for those that no element has."""
    return np.where((numbers > 0) & (numbers < NUM_ELEMENTS), numbers, 0)
