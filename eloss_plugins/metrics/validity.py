"""Validity: does RDKit accept the graph of a molecule, and as what molecule?"""

from dataclasses import dataclass

import numpy as np
from rdkit import Chem

from eloss_plugins.chem.bonds import find_bonds, known_elements
from eloss_plugins.chem.build import build, build_stated
from eloss_plugins.chem.silence import silence
from eloss_plugins.data.bond_list import BondList
from eloss_plugins.data.molecules import Molecule

NO_ATOMS = "no atoms"
NOT_FINITE = "non-finite coordinates"
UNKNOWN_ELEMENT = "unknown element"
VALENCE = "valence"
KEKULISATION = "kekulisation"
REFUSED = "refused by RDKit"

_REASON_OF_STEP = {
    Chem.SanitizeFlags.SANITIZE_PROPERTIES: VALENCE,
    Chem.SanitizeFlags.SANITIZE_KEKULIZE: KEKULISATION,
}


@dataclass(frozen=True)
class Validity:
    """What RDKit says about one molecule.

    Attributes:
        smiles: canonical SMILES of the largest fragment, hydrogens written; None when invalid.
        reason: why it is invalid; None when valid.
    """

    smiles: str | None
    reason: str | None

    @property
    def valid(self) -> bool:
        """RDKit accepted it."""
        return self.reason is None


def validity(molecule: Molecule, bonds: BondList | None = None) -> Validity:
    """Validity by EDM's rule: RDKit sanitises the whole, the largest fragment gives the SMILES.

    The rule is lenient: RDKit fills up missing hydrogens, so a radical is valid. Stricter than
    upstream, a molecule without atoms, at NaN or of unknown elements is invalid here. Never raises
    for what a generator may produce.
    """
    reason = _reason_before_rdkit(molecule)
    if reason is not None:
        return Validity(None, reason)
    with silence():
        return _sanitised(build(molecule, find_bonds(molecule) if bonds is None else bonds))


def validity_as_stated(molecule: Molecule) -> Validity:
    """Validity of the bonds and formal charges that the molecule states, by the same rule.

    Where the atoms are plays no part.
    """
    reason = _reason_in_atoms(molecule)
    if reason is not None:
        return Validity(None, reason)
    with silence():
        return _sanitised(build_stated(molecule))


def _reason_before_rdkit(molecule: Molecule) -> str | None:
    if len(molecule) and not np.isfinite(molecule.positions).all():
        return NOT_FINITE
    return _reason_in_atoms(molecule)


def _reason_in_atoms(molecule: Molecule) -> str | None:
    if not len(molecule):
        return NO_ATOMS
    return None if known_elements(molecule.numbers).all() else UNKNOWN_ELEMENT


def _sanitised(built: Chem.Mol) -> Validity:
    failed = Chem.SanitizeMol(built, catchErrors=True)
    if failed != Chem.SanitizeFlags.SANITIZE_NONE:
        return Validity(None, _REASON_OF_STEP.get(failed, REFUSED))
    try:
        fragments = Chem.GetMolFrags(built, asMols=True)
        largest = max(fragments, key=lambda fragment: fragment.GetNumAtoms())
        return Validity(Chem.MolToSmiles(largest), None)
    except (ValueError, RuntimeError):
        return Validity(None, REFUSED)
