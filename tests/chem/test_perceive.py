import numpy as np
import pytest
from rdkit import Chem
from rdkit.Chem import AllChem

from eloss_plugins.chem.perceive import bonds_and_charges, perceive
from eloss_plugins.data.bond_list import BondList
from eloss_plugins.data.load import load
from eloss_plugins.data.molecules import Molecule
from tests.molecules_by_hand import at_nan, nothing, on_a_line, two_waters

SMILES = [
    "c1ccccc1",
    "c1ccsc1",
    "c1c[nH]cn1",
    "C#CC#N",
    "C[N+](=O)[O-]",
    "[C-]#[N+]C",
    "CN=[N+]=[N-]",
    "CS(C)(=O)=O",
    "[NH3+]CC(=O)[O-]",
    "O=C=O",
    "[H][H]",
    "FC(Cl)(Br)I",
]


def embedded(smiles: str) -> Molecule:
    """The molecule that RDKit builds of a SMILES, without its bonds."""
    built = Chem.AddHs(Chem.MolFromSmiles(smiles))
    assert AllChem.EmbedMolecule(built, randomSeed=7) == 0
    AllChem.UFFOptimizeMolecule(built)
    numbers = np.array([atom.GetAtomicNum() for atom in built.GetAtoms()])
    return Molecule(built.GetConformer().GetPositions(), numbers, smiles)


@pytest.mark.parametrize("smiles", SMILES)
def test_bonds_and_charges_are_those_of_the_smiles(smiles):
    found = Chem.RemoveHs(perceive(embedded(smiles)))
    assert Chem.MolToSmiles(found) == Chem.CanonSmiles(smiles)


def test_bundled_molecules_have_the_bonds_that_they_are_named_after():
    molecules = load("bundled:heavy=1-5").molecules
    found = [Chem.RemoveHs(perceive(molecule)) for molecule in molecules]
    smiles = [Chem.MolToSmiles(each, isomericSmiles=False) for each in found]
    assert smiles == [Chem.CanonSmiles(name) for name in molecules.names]


def test_positions_and_order_of_the_atoms_stay():
    molecule = embedded("CCO")
    found = perceive(molecule)
    assert [atom.GetAtomicNum() for atom in found.GetAtoms()] == molecule.numbers.tolist()
    assert np.array_equal(found.GetConformer().GetPositions(), molecule.positions)


@pytest.mark.parametrize("molecule", [two_waters(), at_nan(), nothing(), on_a_line("C C", 0, 1.2)])
def test_what_is_no_sound_molecule_has_no_answer(molecule):
    assert perceive(molecule) is None


def test_nothing_is_written_to_standard_error(capfd):
    perceive(two_waters())
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("smiles", ["C[N+](=O)[O-]", "c1c[nH]cn1", "CC(=O)[O-]"])
def test_bonds_that_a_molecule_states_are_taken_wherever_its_atoms_are(smiles):
    plain = embedded(smiles)
    listed, charges = bonds_and_charges(plain)
    moved = Molecule(plain.positions * 3, plain.numbers, smiles, listed, charges)
    assert Chem.MolToSmiles(Chem.RemoveHs(perceive(moved))) == Chem.CanonSmiles(smiles)


def test_stated_bonds_that_make_no_sound_molecule_have_no_answer():
    plain = embedded("C[N+](=O)[O-]")
    listed, _ = bonds_and_charges(plain)
    assert perceive(Molecule(plain.positions, plain.numbers, "", listed)) is None
    bare = BondList(listed.pairs[:0], listed.orders[:0], len(plain))
    assert perceive(Molecule(plain.positions, plain.numbers, "", bare)) is None


@pytest.mark.parametrize("smiles", SMILES)
def test_kekulised_bonds_and_charges_are_those_of_the_smiles(smiles):
    made = Chem.AddHs(Chem.MolFromSmiles(smiles))
    charges = [atom.GetFormalCharge() for atom in made.GetAtoms()]
    Chem.Kekulize(made, clearAromaticFlags=True)
    bonds, found = bonds_and_charges(embedded(smiles))
    sums = Chem.GetAdjacencyMatrix(made, useBO=True).sum(axis=0)
    assert sorted(found.tolist()) == sorted(charges)
    assert sorted(bonds.valences().tolist()) == sorted(sums.tolist())
    assert set(bonds.orders) <= {1.0, 2.0, 3.0}
