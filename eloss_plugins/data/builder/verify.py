"""Whether a geometry is the molecule that was meant, by the project's own metrics."""

from rdkit import Chem

from eloss_plugins.data.molecules import Molecule
from eloss_plugins.metrics.stability import stability
from eloss_plugins.metrics.validity import validity

UNSTABLE = "an atom is not stable"
FRAGMENTS = "more than one fragment"
ANOTHER = "bonded to another molecule"


def verdict(molecule: Molecule, smiles: str) -> str | None:
    """Why the geometry is refused, or None when it is stable, valid, whole and `smiles`.

    Args:
        molecule: the geometry.
        smiles: the canonical SMILES, without hydrogens and stereo marks, that it should have.
    """
    found = stability(molecule)
    if not found.stable:
        return UNSTABLE
    if not found.connected:
        return FRAGMENTS
    judged = validity(molecule, found.bonds)
    if judged.smiles is None:
        return judged.reason
    return None if plain_smiles(judged.smiles) == smiles else ANOTHER


def plain_smiles(smiles: str) -> str:
    """Canonical SMILES without hydrogens and stereo marks: the names of the bundled set."""
    heavy = Chem.MolToSmiles(Chem.MolFromSmiles(smiles), isomericSmiles=False)
    return str(Chem.MolToSmiles(Chem.MolFromSmiles(heavy)))
