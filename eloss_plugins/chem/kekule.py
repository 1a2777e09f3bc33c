"""Aromatic bonds of a molecule that states its bonds, as single and double ones in turn."""

from contextlib import suppress
from dataclasses import replace

import numpy as np
from rdkit import Chem

from eloss_plugins.chem.build import bonds_of, build_stated
from eloss_plugins.chem.silence import silence
from eloss_plugins.data.bond_list import AROMATIC, ORDERS, BondList
from eloss_plugins.data.molecules import Molecule


def kekulised(molecule: Molecule) -> BondList | None:
    """The stated bonds, single and double ones in turn where they are aromatic.

    Formal charges decide with the hydrogens which atoms of a ring take a double bond; they, and
    bonds that are not aromatic, stay as they are. Whether the molecule is sound is not asked.

    Args:
        molecule: with bonds, hydrogens among its atoms.

    Returns:
        None where no such bonds are possible, or an order is none of 1, 2, 3 and 1.5.

    Raises:
        ValueError: the molecule states no bonds.
    """
    bonds = molecule.bonds
    if bonds is None:
        raise ValueError("expected a molecule that states its bonds; got one without")
    if not np.isin(bonds.orders, ORDERS).all():
        return None
    built = build_stated(molecule)
    with silence(), suppress(ValueError, RuntimeError):
        for atom in built.GetAtoms():
            atom.SetNoImplicit(True)
        built.UpdatePropertyCache(strict=False)
        Chem.Kekulize(built, clearAromaticFlags=True)
        orders = bonds_of(built).matrix()[tuple(bonds.pairs.T)]
        return None if AROMATIC in orders else replace(bonds, orders=orders)
    return None
