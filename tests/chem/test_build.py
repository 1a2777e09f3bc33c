import numpy as np
from molecules_by_hand import at_nan, carbon_dioxide, methane, nothing
from rdkit import Chem

from eloss_plugins.chem.build import build
from eloss_plugins.data.bond_list import BondList
from eloss_plugins.data.molecules import Molecule


def smiles(built: Chem.Mol) -> str:
    Chem.SanitizeMol(built)
    return Chem.MolToSmiles(Chem.RemoveHs(built))


def test_methane_and_carbon_dioxide_are_read_off_their_distances():
    assert smiles(build(methane())) == "C"
    assert smiles(build(carbon_dioxide())) == "O=C=O"


def test_positions_are_kept_as_a_conformer():
    built = build(methane())
    assert np.array_equal(built.GetConformer().GetPositions(), methane().positions)
    assert built.GetConformer().Is3D()


def test_given_bonds_take_the_place_of_distances():
    bonds = BondList(np.zeros((0, 2), np.int64), np.zeros(0), 5)
    assert build(methane(), bonds).GetNumBonds() == 0


def test_broken_molecules_are_built_too():
    assert build(nothing()).GetNumAtoms() == 0
    assert build(at_nan()).GetNumBonds() == 3
    assert build(Molecule(np.zeros((1, 3)), np.array([999]))).GetAtomWithIdx(0).GetSymbol() == "*"
