"""Bonds from distances: EDM's rule, for whole molecules at once."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.chem.bond_table import ALLOWED_VALENCES, NUM_ELEMENTS, THRESHOLDS_PM
from eloss_plugins.data.bond_list import BondList
from eloss_plugins.data.molecules import Molecule

PM_PER_ANGSTROM = 100.0


def find_bonds(molecule: Molecule) -> BondList:
    """The bonds of a molecule by EDM's distance rule.

    A pair has order 3, 2 or 1 when it is closer than the tabulated length plus the margin of that
    order, and no bond otherwise. Atoms at NaN or infinity and unknown elements have no bonds.
    """
    pairs = atom_pairs(len(molecule))
    orders = bond_orders(molecule.numbers[pairs], pair_distances(molecule.positions))
    bonded = orders > 0
    return BondList(pairs[bonded], orders[bonded].astype(np.float64), len(molecule))


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
    never = ALLOWED_VALENCES.shape[1]
    sums = bonds.valences()
    places = np.where(sums == np.floor(sums), np.minimum(sums, never), never).astype(np.int64)
    padded = np.pad(ALLOWED_VALENCES, ((0, 0), (0, 1)))
    return padded[known_elements(molecule.numbers), places]


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
