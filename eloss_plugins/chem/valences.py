"""Valences that an atom may have, by element and formal charge: for bonds that a model states.

A charged atom has the valences of the neutral element that has as many electrons: a nitrogen cation
those of carbon, an oxygen anion that of fluorine. So radicals, carbenes and nitrenes are not among
them. Tables in use elsewhere allow some of those, such as three bonds at a neutral carbon and two
at a neutral nitrogen: they were counted from data whose aromatic bonds of order 1.5 had become 1.

Reference: Nikitin, Dunn, Koes, Isayev, arXiv 2505.00169, for where those entries come from.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

from eloss_plugins.chem.build import bonds_of, build_stated
from eloss_plugins.chem.elements import symbol_of
from eloss_plugins.chem.silence import silence
from eloss_plugins.data.bond_list import AROMATIC, BondList
from eloss_plugins.data.molecules import Molecule

Valences = Mapping[str, Mapping[int, tuple[int, ...]]]

CHARGED_VALENCES: Valences = MappingProxyType(
    {
        "H": {0: (1,), 1: (0,), -1: (0,)},
        "B": {0: (3,), -1: (4,)},
        "C": {0: (4,), 1: (3,), -1: (3,)},
        "N": {0: (3,), 1: (4,), -1: (2,)},
        "O": {0: (2,), 1: (3,), -1: (1,)},
        "F": {0: (1,), -1: (0,)},
        "Al": {0: (3,), -1: (4,)},
        "Si": {0: (4,)},
        "P": {0: (3, 5), 1: (4,)},
        "S": {0: (2, 4, 6), 1: (3, 5), -1: (1,)},
        "Cl": {0: (1,), -1: (0,)},
        "As": {0: (3, 5), 1: (4,)},
        "Se": {0: (2, 4, 6), 1: (3, 5), -1: (1,)},
        "Br": {0: (1,), 1: (2,), -1: (0,)},
        "I": {0: (1, 3, 5), 1: (2,), -1: (0,)},
        "Hg": {0: (1, 2)},
        "Bi": {0: (3, 5)},
    }
)
"""Sums of bond orders at which an atom is stable; an element or charge not listed never is."""


def stable_as_stated(molecule: Molecule, allowed: Valences = CHARGED_VALENCES) -> NDArray[np.bool_]:
    """`(atoms,)` whether the stated bonds at each atom sum to a valence that it may have.

    Aromatic bonds are kekulised first. If a molecule has no Kekulé form, the atoms of its aromatic
    bonds have no valence, and none of them is stable.

    Args:
        molecule: one that states its bonds.
        allowed: valences by element and formal charge.
    """
    bonds = kekulised(molecule)
    whole = np.where(bonds.orders == AROMATIC, np.nan, bonds.orders)
    sums = replace(bonds, orders=whole).valences().tolist()
    charges = molecule.formal_charges
    stated = [0] * len(molecule) if charges is None else charges.tolist()
    symbols = [symbol_of(number) for number in molecule.numbers.tolist()]
    rows = zip(symbols, stated, sums, strict=True)
    return np.array([total in allowed.get(s, {}).get(q, ()) for s, q, total in rows], bool)


def kekulised(molecule: Molecule) -> BondList:
    """The stated bonds with single and double ones alternating in aromatic rings, if they can."""
    if molecule.bonds is None:
        raise ValueError("expected a molecule that states its bonds; got one without")
    if not (molecule.bonds.orders == AROMATIC).any():
        return molecule.bonds
    built = build_stated(molecule)
    with silence():
        try:
            built.UpdatePropertyCache(strict=False)
            Chem.Kekulize(built, clearAromaticFlags=True)
        except (ValueError, RuntimeError):  # RDKit's exceptions are of these kinds
            return molecule.bonds
    return bonds_of(built)
