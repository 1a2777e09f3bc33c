"""Bonds and formal charges for a data set that comes without."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.data.bond_list import ORDERS, WHOLE, BondList
from eloss_plugins.data.bond_set import BondSet
from eloss_plugins.data.dataset import DataSet
from eloss_plugins.data.molecules import Molecule, MoleculeSet
from eloss_plugins.progress import progress


@dataclass(frozen=True)
class Perceived:
    """What was found for each molecule of a set.

    Attributes:
        bonds: of each molecule; of those that failed, none.
        formal_charges: `(atoms,)` int64.
        failed: `(molecules,)` bool, where no bonds give every atom a valence that it may have.
    """

    bonds: BondSet
    formal_charges: NDArray[np.int64]
    failed: NDArray[np.bool_]


def perceive_all(molecules: MoleculeSet, *, aromatic: bool = False) -> Perceived:
    """The bonds of every molecule from its distances, and its formal charges.

    Bonds that the molecules state play no part.
    Which atoms are bonded follows from distances, orders and charges from RDKit's search over
    valences, as in `eloss data export`; an equal set gives equal bonds.

    Args:
        molecules: whose bonds are wanted.
        aromatic: whether aromatic bonds are told as such; single and double ones in turn if not.
    """
    from eloss_plugins.chem.perceive import bonds_and_charges

    molecules = replace(molecules, bonds=None, formal_charges=None)
    bonds, charges = [], [np.zeros(0, np.int64)]
    failed = np.zeros(len(molecules), bool)
    with progress("finding bonds", len(molecules)) as task:
        for place, molecule in enumerate(molecules):
            found = bonds_and_charges(molecule, aromatic=aromatic)
            failed[place] = found is None
            bonds.append(_none(molecule) if found is None else found[0])
            charges.append(np.zeros(len(molecule), np.int64) if found is None else found[1])
            task.advance()
    return Perceived(BondSet.from_lists(bonds), np.concatenate(charges), failed)


def settle_all(molecules: MoleculeSet, *, aromatic: bool = False) -> Perceived | None:
    """The bonds that molecules state, in orders that their reader knows, and their charges.

    Args:
        molecules: which state bonds and formal charges.
        aromatic: whether the reader knows aromatic bonds; they become single and double ones in
            turn if not, and molecules where that cannot be have failed. So have those with an
            order that is none of 1, 2, 3 and 1.5.

    Returns:
        None where all is well as it is.
    """
    from eloss_plugins.chem.kekule import kekulised

    bonds, charges = molecules.bonds, molecules.formal_charges
    assert bonds is not None
    assert charges is not None
    odd = ~np.isin(bonds.orders, ORDERS if aromatic else WHOLE)
    if not odd.any():
        return None
    owner = np.repeat(np.arange(len(molecules)), np.diff(bonds.offsets))
    orders, failed = bonds.orders.copy(), np.zeros(len(molecules), bool)
    for place in np.unique(owner[odd]).tolist():
        found = None if aromatic else kekulised(molecules[place])
        failed[place] = found is None
        if found is not None:
            orders[bonds.offsets[place] : bonds.offsets[place + 1]] = found.orders
    return Perceived(replace(bonds, orders=orders), charges, failed)


def states_bonds(molecules: MoleculeSet) -> bool:
    """Whether the molecules come with bonds; a set in which nothing is bonded has none."""
    return molecules.bonds is not None and len(molecules.bonds.orders) > 0


def with_perceived(data: DataSet, found: Perceived) -> DataSet:
    """`data` with the bonds that were found; molecules without any answer are in no split."""
    molecules = replace(data.molecules, bonds=found.bonds, formal_charges=found.formal_charges)
    splits = {name: kept[~found.failed[kept]] for name, kept in data.splits.items()}
    return replace(data, molecules=molecules, splits=splits)


def with_bonds(molecules: MoleculeSet) -> MoleculeSet:
    """Those of the molecules whose bonds are stated or can be told, with them."""
    if states_bonds(molecules):
        return molecules
    found = perceive_all(molecules)
    filled = replace(molecules, bonds=found.bonds, formal_charges=found.formal_charges)
    return filled.subset(np.flatnonzero(~found.failed))


def without_bonds(data: DataSet) -> DataSet:
    """`data` as those who do not ask for bonds take it."""
    if data.molecules.bonds is None:
        return data
    return replace(data, molecules=replace(data.molecules, bonds=None, formal_charges=None))


def _none(molecule: Molecule) -> BondList:
    return BondList(np.zeros((0, 2), np.int64), np.zeros(0), len(molecule))
