"""RDKit molecules from atomic numbers, positions and bonds, and bonds from RDKit molecules."""

import numpy as np
from rdkit import Chem

from eloss_plugins.chem.bonds import find_bonds, known_elements
from eloss_plugins.data.bond_list import AROMATIC, BondList
from eloss_plugins.data.molecules import Molecule

BOND_TYPES = {
    1.0: Chem.BondType.SINGLE,
    2.0: Chem.BondType.DOUBLE,
    3.0: Chem.BondType.TRIPLE,
    AROMATIC: Chem.BondType.AROMATIC,
}

MOST_CHARGE = 127
"""Formal charge that an atom of RDKit's can have; larger ones come out as others."""


def build(molecule: Molecule, bonds: BondList | None = None) -> Chem.Mol:
    """The molecule as RDKit's, with one conformer, not sanitised.

    Never refuses: an unknown element becomes a dummy atom, and a valence that chemistry forbids
    stays for `Chem.SanitizeMol` to find.

    Args:
        molecule: atoms in angstrom.
        bonds: its bonds; None takes those of the distance rule.
    """
    built = _graph(molecule, find_bonds(molecule) if bonds is None else bonds)
    built.AddConformer(conformer_of(molecule), assignId=True)
    return built


def build_stated(molecule: Molecule) -> Chem.Mol:
    """The graph of a molecule that states its bonds, with its formal charges, not sanitised.

    Without a conformer, because what is stated has nothing to do with where the atoms are. A charge
    that no atom of RDKit's holds becomes the largest one, which no valence goes with either.

    Raises:
        ValueError: the molecule states no bonds.
    """
    if molecule.bonds is None:
        raise ValueError("expected a molecule that states its bonds; got one without")
    built = _graph(molecule, molecule.bonds)
    if molecule.formal_charges is not None:
        charges = np.clip(molecule.formal_charges, -MOST_CHARGE, MOST_CHARGE)
        for atom in np.flatnonzero(charges).tolist():
            built.GetAtomWithIdx(atom).SetFormalCharge(int(charges[atom]))
    return built


def bonds_of(built: Chem.Mol) -> BondList:
    """The bonds of an RDKit molecule that are single, double, triple or aromatic."""
    orders = np.triu(Chem.GetAdjacencyMatrix(built, useBO=True))
    pairs = np.argwhere(orders > 0)
    return BondList(pairs, orders[tuple(pairs.T)], built.GetNumAtoms())


def _graph(molecule: Molecule, bonds: BondList) -> Chem.Mol:
    editable = Chem.RWMol()
    for number in known_elements(molecule.numbers).tolist():
        editable.AddAtom(Chem.Atom(number))
    for (first, second), order in zip(bonds.pairs.tolist(), bonds.orders.tolist(), strict=True):
        editable.AddBond(first, second, BOND_TYPES[order])
    return editable.GetMol()


def conformer_of(molecule: Molecule) -> Chem.Conformer:
    """Where the atoms are, as RDKit has it."""
    conformer = Chem.Conformer(len(molecule))
    if len(molecule):
        conformer.SetPositions(np.ascontiguousarray(molecule.positions, dtype=np.float64))
    conformer.Set3D(True)
    return conformer
