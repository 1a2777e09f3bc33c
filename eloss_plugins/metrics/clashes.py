"""Atoms that sit closer than any bond."""

import numpy as np

from eloss_plugins.chem.bond_table import LENGTHS_PM
from eloss_plugins.chem.bonds import PM_PER_ANGSTROM, atom_pairs, known_elements, pair_distances
from eloss_plugins.data.molecules import Molecule

CLASH_FRACTION = 0.8
"""A pair below this fraction of its shortest tabulated bond clashes: [ours]. The shortest real
bonds lie within 3 % of the table, and thermal motion within 15 %."""

UNLISTED_PM = 74.0
"""Length taken for pairs without a bond in the table, picometre: that of H2, the shortest bond."""

_listed = np.where(LENGTHS_PM > 0, LENGTHS_PM, np.inf).min(axis=0)
SHORTEST_PM = np.where(np.isfinite(_listed), _listed, UNLISTED_PM)
"""`(elements, elements)` shortest bond of each pair, picometre."""


def clashes(molecule: Molecule) -> int:
    """Pairs of atoms closer than 0.8 of the shortest bond between their elements."""
    numbers = known_elements(molecule.numbers)[atom_pairs(len(molecule))]
    shortest = SHORTEST_PM[numbers[:, 0], numbers[:, 1]] / PM_PER_ANGSTROM
    return int((pair_distances(molecule.positions) < CLASH_FRACTION * shortest).sum())
