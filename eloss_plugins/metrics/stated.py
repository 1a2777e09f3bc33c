"""What a molecule is worth by the bonds and formal charges that it states."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.chem.valences import stable_as_stated
from eloss_plugins.data.bond_list import BondList
from eloss_plugins.data.molecules import Molecule
from eloss_plugins.metrics.rate import Rate
from eloss_plugins.metrics.validity import Validity, validity_as_stated


@dataclass(frozen=True)
class Stated:
    """The findings on one molecule that states its bonds; where its atoms are plays no part.

    Attributes:
        atoms: `(atoms,)` bool, which atoms have a valence that their element and charge may have.
        num_fragments: pieces the bonds leave it in; 0 for no atoms.
        validity: by RDKit.
        agrees: the same pairs of atoms are bonded by the distance rule, whatever the orders.
    """

    atoms: NDArray[np.bool_]
    num_fragments: int
    validity: Validity
    agrees: bool

    @property
    def stable(self) -> bool:
        """Every atom is stable, and there is one."""
        return len(self.atoms) > 0 and bool(self.atoms.all())

    @property
    def complete(self) -> bool:
        """Valid and in one piece."""
        return self.validity.valid and self.num_fragments == 1


def stated(molecule: Molecule, by_distance: BondList) -> Stated | None:
    """Judge a molecule by its own bonds; None where it states none.

    Args:
        molecule: atoms in angstrom.
        by_distance: its bonds by the distance rule.
    """
    bonds = molecule.bonds
    if bonds is None:
        return None
    return Stated(
        atoms=stable_as_stated(molecule),
        num_fragments=bonds.num_fragments(),
        validity=validity_as_stated(molecule),
        agrees=np.array_equal(bonds.pairs, by_distance.pairs),
    )


def stated_rates(found: Sequence[Stated], known: frozenset[str] | None) -> dict[str, Rate]:
    """The rates of molecules by what they state.

    Args:
        found: the findings on each.
        known: SMILES of the reference; None leaves novelty out.
    """
    unique = {one.validity.smiles for one in found if one.validity.smiles is not None}
    rates = {
        "atom_stability_2d": Rate.of_clusters(
            [int(one.atoms.sum()) for one in found], [len(one.atoms) for one in found]
        ),
        "molecule_stability_2d": Rate.count(one.stable for one in found),
        "validity_2d": Rate.count(one.validity.valid for one in found),
        "completeness_2d": Rate.count(one.complete for one in found),
        "uniqueness_2d": Rate(len(unique), len(found)),
    }
    if known is not None:
        rates["novelty_2d"] = Rate(len(unique - known), len(unique))
    return rates | {"bonds_agree": Rate.count(one.agrees for one in found)}
