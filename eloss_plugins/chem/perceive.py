"""Bond orders and formal charges of whole, sound molecules, for code that trains on them.

The metrics judge a generated molecule by distances alone (`chem.bonds`). Data for a trainer that
learns bonds is another matter: there a ring must alternate and a nitro group must carry its
charges, so the distances decide which atoms are bonded, and RDKit's search over valences (after
Kim and Kim, Bull. Korean Chem. Soc. 36, 1769 (2015)) decides the orders.
"""

from contextlib import suppress
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.Chem import rdDetermineBonds

from eloss_plugins.chem.bonds import find_bonds
from eloss_plugins.chem.build import bonds_of, build, build_stated, conformer_of
from eloss_plugins.chem.silence import silence
from eloss_plugins.data.bond_list import BondList
from eloss_plugins.data.molecules import Molecule

TOTAL_CHARGES = (0, -1, 1, -2, 2)
"""Charges of the whole molecule, in the order in which they are tried."""

MOST_SEARCH_STEPS = 1000
"""Of the search for one molecule; molecules of drug size need some ten."""


def perceive(molecule: Molecule) -> Chem.Mol | None:
    """The molecule with its bonds, sanitised, in one piece, with one conformer.

    Args:
        molecule: atoms in angstrom, hydrogens among them. The bonds that it states are taken, if
            it states some.

    Returns:
        None where no bonds give every atom a valence that it may have, or leave it in pieces.
    """
    with silence():
        if molecule.bonds is not None:
            with suppress(ValueError, RuntimeError):
                return _whole(_stated(molecule))
            return None
        for charge in TOTAL_CHARGES:
            for connected in (_by_rule, _by_rdkit):
                with suppress(ValueError, RuntimeError):
                    return _with_orders(connected(molecule), charge)
    return None


def bonds_and_charges(
    molecule: Molecule, *, aromatic: bool = False
) -> tuple[BondList, NDArray[np.int64]] | None:
    """The bonds that `perceive` finds and `(atoms,)` formal charges; None as there.

    Args:
        molecule: as there.
        aromatic: whether aromatic bonds are told as such; single and double ones in turn if not.
    """
    found = perceive(molecule)
    if found is None:
        return None
    if not aromatic:
        Chem.Kekulize(found, clearAromaticFlags=True)
    charges = np.array([atom.GetFormalCharge() for atom in found.GetAtoms()], np.int64)
    return bonds_of(found), charges


def _by_rule(molecule: Molecule) -> Chem.Mol:
    """Bonded where the distance rule says so."""
    bonds = find_bonds(molecule)
    return build(molecule, replace(bonds, orders=np.ones_like(bonds.orders)))


def _by_rdkit(molecule: Molecule) -> Chem.Mol:
    """Bonded where RDKit says so, for elements and lengths that the rule has not."""
    bonds = find_bonds(molecule)
    none = replace(bonds, pairs=bonds.pairs[:0], orders=bonds.orders[:0])
    built = build(molecule, none)
    rdDetermineBonds.DetermineConnectivity(built)
    return built


def _with_orders(built: Chem.Mol, charge: int) -> Chem.Mol:
    for atom in built.GetAtoms():
        atom.SetNoImplicit(True)
    rdDetermineBonds.DetermineBondOrders(
        built, charge=charge, embedChiral=False, maxIterations=MOST_SEARCH_STEPS
    )
    return _whole(built)


def _stated(molecule: Molecule) -> Chem.Mol:
    built = build_stated(molecule)
    built.AddConformer(conformer_of(molecule), assignId=True)
    for atom in built.GetAtoms():
        atom.SetNoImplicit(True)
    return built


def _whole(built: Chem.Mol) -> Chem.Mol:
    Chem.SanitizeMol(built)
    if len(Chem.GetMolFrags(built)) != 1 or _has_radicals(built):
        raise ValueError("in pieces, or with unpaired electrons")
    return built


def _has_radicals(built: Chem.Mol) -> bool:
    return any(atom.GetNumRadicalElectrons() for atom in built.GetAtoms())
