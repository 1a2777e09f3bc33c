"""Stability: do the bonds that distances give add up to the valences of the elements?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.chem.bonds import find_bonds, stable_atoms
from eloss_plugins.data.bond_list import BondList
from eloss_plugins.data.molecules import Molecule


@dataclass(frozen=True)
class Stability:
    """What the distance rule says about one molecule.

    Attributes:
        bonds: its bonds.
        atoms: `(atoms,)` bool, which atoms are stable.
        num_fragments: pieces the bonds leave it in; 0 for no atoms.
    """

    bonds: BondList
    atoms: NDArray[np.bool_]
    num_fragments: int

    @property
    def stable(self) -> bool:
        """Every atom is stable, and there is one."""
        return len(self.atoms) > 0 and bool(self.atoms.all())

    @property
    def connected(self) -> bool:
        """The bonds hold all atoms in one piece."""
        return self.num_fragments == 1


def stability(molecule: Molecule) -> Stability:
    """Stability of every atom of a molecule, and its fragments, by EDM's distance rule.

    Upstream counts molecules in pieces as stable when each piece is; `connected` tells them apart.
    """
    bonds = find_bonds(molecule)
    return Stability(bonds, stable_atoms(molecule, bonds), bonds.num_fragments())
