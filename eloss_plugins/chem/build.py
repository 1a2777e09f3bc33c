"""RDKit molecules from atomic numbers, positions and the bonds that distances give."""

import numpy as np
from rdkit import Chem

from eloss_plugins.chem.bonds import find_bonds, known_elements
from eloss_plugins.data.bond_list import BondList
from eloss_plugins.data.molecules import Molecule

BOND_TYPES = {1: Chem.BondType.SINGLE, 2: Chem.BondType.DOUBLE, 3: Chem.BondType.TRIPLE}


def build(molecule: Molecule, bonds: BondList | None = None) -> Chem.Mol:
    """The molecule as RDKit's, with one conformer, not sanitised.

    Never refuses: an unknown element becomes a dummy atom, and a valence that chemistry forbids
    stays for `Chem.SanitizeMol` to find.

    Args:
        molecule: atoms in angstrom.
        bonds: its bonds; None takes those of the distance rule.
    """
    bonds = find_bonds(molecule) if bonds is None else bonds
    editable = Chem.RWMol()
    for number in known_elements(molecule.numbers).tolist():
        editable.AddAtom(Chem.Atom(number))
    for (first, second), order in zip(bonds.pairs.tolist(), bonds.orders.tolist(), strict=True):
        editable.AddBond(first, second, BOND_TYPES[order])
    built = editable.GetMol()
    built.AddConformer(_conformer(molecule), assignId=True)
    return built


def _conformer(molecule: Molecule) -> Chem.Conformer:
    conformer = Chem.Conformer(len(molecule))
    if len(molecule):
        conformer.SetPositions(np.ascontiguousarray(molecule.positions, dtype=np.float64))
    conformer.Set3D(True)
    return conformer
