"""Aromatic bonds that are stated, as single and double ones."""

from dataclasses import replace

import numpy as np
import pytest
from rdkit import Chem

from eloss_plugins.chem.build import build_stated
from eloss_plugins.chem.kekule import kekulised
from eloss_plugins.data.bond_list import BondList
from eloss_plugins.data.molecules import Molecule
from tests.molecules_by_hand import methane

AROMATIC = [
    "c1ccccc1", "c1cc[nH]c1", "Cn1cnc2c1c(=O)n(C)c(=O)n2C", "[O-][n+]1ccccc1",
    "[Cl-].c1cc[nH+]cc1", "c1cc[cH-]c1", "N#Cc1ccc2ccccc2c1",
]  # fmt: skip


def stated(smiles: str) -> Molecule:
    """Its bonds as RDKit has them, 1.5 where it calls them aromatic."""
    made = Chem.AddHs(Chem.MolFromSmiles(smiles))
    atoms = list(made.GetAtoms())
    return Molecule(
        np.zeros((len(atoms), 3)),
        np.array([atom.GetAtomicNum() for atom in atoms]),
        smiles,
        BondList.from_matrix(Chem.GetAdjacencyMatrix(made, useBO=True)),
        np.array([atom.GetFormalCharge() for atom in atoms]),
    )


def with_orders(molecule: Molecule, *orders: float) -> Molecule:
    changed = molecule.bonds.orders.copy()
    changed[: len(orders)] = orders
    return replace(molecule, bonds=replace(molecule.bonds, orders=changed))


@pytest.mark.parametrize("smiles", AROMATIC)
def test_rings_alternate_and_the_molecule_is_the_same(smiles):
    given = stated(smiles)
    found = kekulised(given)
    assert 1.5 in given.bonds.orders
    assert set(found.orders) <= {1.0, 2.0, 3.0}
    assert found.pairs.tolist() == given.bonds.pairs.tolist()
    built = build_stated(replace(given, bonds=found))
    Chem.SanitizeMol(built)
    assert Chem.MolToSmiles(Chem.RemoveHs(built)) == Chem.CanonSmiles(smiles)


@pytest.mark.parametrize(
    ("smiles", "orders"),
    [
        ("CC", [1.5]),  # not in a ring
        ("CC(=O)[O-]", [1, 1, 1, 1, 1.5, 1.5]),  # shared by two oxygens
        ("C=C", [4]),
        ("c1ccccc1", [4]),
        ("C=C", [0.5]),
    ],
)
def test_what_cannot_be_written_so_has_no_answer(smiles, orders):
    assert kekulised(with_orders(stated(smiles), *orders)) is None


def test_bonds_that_are_not_aromatic_stay_as_they_are():
    given = stated("C#CC(=O)C=C")
    assert kekulised(given).orders.tolist() == given.bonds.orders.tolist()


@pytest.mark.parametrize("charge", [15, 127, 128, 300, -(10**12)])
def test_impossible_charges_are_no_end(charge):
    given = stated("c1ccccc1")
    assert kekulised(replace(given, formal_charges=np.array([charge] + [0] * 11))) is None


def test_without_bonds_it_says_so():
    with pytest.raises(ValueError, match="got one without"):
        kekulised(methane())


def test_nothing_is_written_to_standard_error(capfd):
    kekulised(with_orders(stated("CC"), 1.5))
    assert capfd.readouterr().err == ""
