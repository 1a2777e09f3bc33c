"""Bonds and formal charges from files to batches."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem
from rdkit.Chem import rdDistGeom

from eloss_plugins.chem.formats import write_molecules
from eloss_plugins.chem.sdf import sdf_record
from eloss_plugins.data.bond_list import BondList
from eloss_plugins.data.collate import collate
from eloss_plugins.data.elements import Elements
from eloss_plugins.data.molecules import Molecule, MoleculeSet
from eloss_plugins.data.readers import read_molecules
from eloss_plugins.errors import UsageError
from eloss_plugins.trainers.augment import rotated
from eloss_plugins.trainers.guard import without
from eloss_plugins.trainers.training_module import to_device
from tests.data.files import WATER, WATER_V2000, WATER_V3000
from tests.molecules_by_hand import carbon_dioxide, methane

NITRO_V2000 = """nitromethane without hydrogens
  program           3D

  4  3  0  0  0  0  0  0  0  0999 V2000
    0.0000    0.0000    0.0000 C   0  0
    1.4900    0.0000    0.0000 N   0  3
    2.1000    1.0700    0.0000 O   0  5
    2.1000   -1.0700    0.0000 O   0  0
  1  2  1  0
  3  2  1  0
  2  4  2  0
M  END
"""


def with_bonds(plain: Molecule, bonds: list[tuple[int, int, float]], charges=None) -> Molecule:
    pairs = np.array([bond[:2] for bond in bonds], np.int64).reshape(-1, 2)
    listed = BondList(pairs, np.array([bond[2] for bond in bonds], float), len(plain))
    stated = None if charges is None else np.array(charges, np.int64)
    return Molecule(plain.positions, plain.numbers, plain.name, listed, stated)


def water() -> Molecule:
    return with_bonds(WATER, [(0, 1, 1), (0, 2, 1)], [1, 0, -1])


def dioxide() -> Molecule:
    return with_bonds(carbon_dioxide(), [(0, 1, 1.5), (1, 2, 3)])


def assert_same(found: Molecule, expected: Molecule) -> None:
    assert found.bonds is not None
    assert np.array_equal(found.bonds.matrix(), expected.bonds.matrix())
    charges = np.zeros(len(found)) if expected.formal_charges is None else expected.formal_charges
    assert np.array_equal(found.formal_charges, charges)


def read(tmp_path, text: str) -> MoleculeSet:
    (tmp_path / "some.sdf").write_text(text)
    return read_molecules(tmp_path / "some.sdf")


def test_set_gives_each_molecule_its_bonds_and_charges():
    kept = MoleculeSet.from_molecules([water(), dioxide(), water()])
    for found, expected in zip(kept, [water(), dioxide(), water()], strict=True):
        assert_same(found, expected)


@pytest.mark.parametrize("places", [[2, 0], [1, 1], [0]])
def test_subset_keeps_bonds(places):
    all_of_them = [water(), dioxide(), water()]
    chosen = MoleculeSet.from_molecules(all_of_them).subset(places)
    for found, place in zip(chosen, places, strict=True):
        assert_same(found, all_of_them[place])


def test_sets_end_to_end_keep_bonds_when_all_have_them():
    one, two = MoleculeSet.from_molecules([water()]), MoleculeSet.from_molecules([dioxide()])
    empty = MoleculeSet.from_molecules([])
    joined = MoleculeSet.concatenate([one, empty, two])
    assert_same(joined[0], water())
    assert_same(joined[1], dioxide())
    bare = MoleculeSet.from_molecules([methane()])
    assert MoleculeSet.concatenate([one, bare]).formal_charges is None


def test_one_molecule_without_bonds_leaves_the_set_without():
    mixed = MoleculeSet.from_molecules([water(), methane()])
    assert mixed.bonds is None
    assert mixed.formal_charges is None
    assert mixed[0].bonds is None


@pytest.mark.parametrize("block", [WATER_V2000, WATER_V3000], ids=["V2000", "V3000"])
def test_bonds_of_another_program_are_the_molecules(tmp_path, block):
    (found,) = read(tmp_path, block)
    assert found.bonds.pairs.tolist() == [[0, 1], [0, 2]]
    assert found.bonds.orders.tolist() == [1, 1]
    assert found.formal_charges.tolist() == [0, 0, 0]


def test_charges_of_the_atom_lines_count_without_property_lines(tmp_path):
    (found,) = read(tmp_path, NITRO_V2000)
    assert found.bonds.pairs.tolist() == [[0, 1], [1, 2], [1, 3]]
    assert found.bonds.orders.tolist() == [1, 1, 2]
    assert found.formal_charges.tolist() == [0, 1, -1, 0]


@pytest.mark.parametrize(
    ("lines", "charges"),
    [
        ("M  CHG  2   2   1   3  -1\n", [0, 1, -1, 0]),
        ("M  CHG  1   2   1\nM  CHG  1   4  -1\n", [0, 1, 0, -1]),
        ("M  RAD  1   1   2\n", [0, 0, 0, 0]),
        ("M  ISO  1   1  13\n", [0, 1, -1, 0]),
    ],
)
def test_property_lines_put_those_of_the_atom_lines_out_of_force(tmp_path, lines, charges):
    (found,) = read(tmp_path, NITRO_V2000.replace("M  END", lines + "M  END"))
    assert found.formal_charges.tolist() == charges


def test_charge_option_of_v3000_is_read(tmp_path):
    text = WATER_V3000.replace("O 0 0 0 0", "O 0 0 0 0 CHG=-1 MASS=18")
    assert read(tmp_path, text)[0].formal_charges.tolist() == [-1, 0, 0]


def test_dative_bond_leaves_the_molecule_without_bonds_of_its_own(tmp_path):
    (found,) = read(tmp_path, WATER_V2000.replace("  1  3  1  0", "  1  3  9  0"))
    assert found.bonds is None
    assert len(found) == 3


@pytest.mark.parametrize(("program", "states"), [("  eloss   ", True), ("  program ", False)])
def test_file_without_any_bond_states_none_unless_a_model_made_it(tmp_path, program, states):
    text = WATER_V2000.replace("  3  2", "  3  0").replace("  1  2  1  0\n  1  3  1  0\n", "")
    (found,) = read(tmp_path, text.replace("  program ", program))
    assert (found.bonds is not None) == states


BAD = {
    WATER_V2000.replace("  1  3  1  0", "  1  4  1  0"): "some.sdf:9: expected a bond between two",
    WATER_V2000.replace("  1  3  1  0", "  1  1  1  0"): "some.sdf:9: expected a bond between two",
    WATER_V2000.replace("  1  3  1  0", "  2  1  1  0"): "got one between 2 and 1",
    WATER_V2000.replace("  1  3  1  0", "  1  x  1  0"): "some.sdf:9: expected two atoms and the",
    WATER_V2000.replace("  1  3  1  0", "  1  3 77  0"): "some.sdf:9: expected a bond of type",
    WATER_V2000.replace("  3  2", "  3  9"): "some.sdf:4: expected 9 bonds; got 3 before",
    WATER_V2000.replace("  3  2", "  3 -1"): "some.sdf:4: expected counts of atoms and bonds",
    NITRO_V2000.replace("N   0  3", "N   0  9"): "some.sdf:6: expected a charge's code from 0 to 7",
    NITRO_V2000.replace("M  END", "M  CHG  2   1   1\nM  END"): "some.sdf:12: expected a count and",
    NITRO_V2000.replace("M  END", "M  CHG  1   5   1\nM  END"): "some.sdf:12: expected the charge",
    WATER_V3000.replace("2 1 1 3", "2 1 1 4"): "some.sdf:15: expected a place, the type",
    WATER_V3000.replace("2 1 1 3", "2 1 1 2"): "some.sdf:15: expected a bond between two",
    WATER_V3000.replace("2 1 1 3", "2 1 1"): "some.sdf:15: expected a place, the type",
    WATER_V3000.replace("COUNTS 3 2", "COUNTS 3 1"): "some.sdf:4: expected 1 bonds; got 2",
    WATER_V3000.replace("O 0 0 0 0", "O 0 0 0 0 CHG=x"): "some.sdf:8: expected a formal charge",
    WATER_V3000.replace("O 0 0 0 0", "O 0 0 0 0 CHG=1000"): "some.sdf:8: expected a formal charge",
    NITRO_V2000.replace(
        "M  END", f"M  CHG  1   1 {10**30}\nM  END"
    ): "some.sdf:12: expected a count",
}


@pytest.mark.parametrize("text", BAD)
def test_what_is_wrong_with_bonds_is_said_with_file_and_line(tmp_path, text):
    with pytest.raises(UsageError) as refusal:
        read(tmp_path, text)
    assert BAD[text] in str(refusal.value)


def test_bonds_found_by_distance_are_written_and_not_taken_for_stated(tmp_path):
    text = sdf_record(methane())
    assert "\n> <bonds>\nfrom distances\n\n$$$$" in text
    assert "  1  2  1" in text
    assert read(tmp_path, text).bonds is None


def test_mark_survives_rdkit(tmp_path):
    write_molecules(tmp_path / "a.sdf", MoleculeSet.from_molecules([methane()]))
    with Chem.SDWriter(str(tmp_path / "b.sdf")) as writer:
        for molecule in Chem.SDMolSupplier(str(tmp_path / "a.sdf"), removeHs=False):
            writer.write(molecule)
    assert read_molecules(tmp_path / "b.sdf").bonds is None


@pytest.mark.parametrize("far", [0.0, 1e5], ids=["V2000", "V3000"])
def test_own_bonds_and_charges_survive_the_file(tmp_path, far):
    moved = [
        with_bonds(Molecule(m.positions + far, m.numbers), [], None) for m in (water(), dioxide())
    ]
    stated = [
        Molecule(m.positions, m.numbers, "", own.bonds, own.formal_charges)
        for m, own in zip(moved, (water(), dioxide()), strict=True)
    ]
    write_molecules(tmp_path / "a.sdf", MoleculeSet.from_molecules(stated))
    for found, expected in zip(read_molecules(tmp_path / "a.sdf"), stated, strict=True):
        assert_same(found, expected)


@settings(max_examples=30, deadline=None)
@given(charges=st.lists(st.integers(-15, 15), min_size=20, max_size=20))
def test_any_number_of_charges_survives(tmp_path_factory, charges):
    plain = Molecule(np.arange(60.0).reshape(-1, 3), np.full(20, 6), "charged")
    written = with_bonds(plain, [(0, 19, 2)], charges)
    (found,) = read(tmp_path_factory.mktemp("charged"), sdf_record(written))
    assert_same(found, written)


@pytest.mark.parametrize("smiles", ["c1ccccc1", "C[N+](=O)[O-]", "CC(=O)[O-]", "C[NH3+]", "C#N"])
def test_rdkit_and_the_package_read_each_other(tmp_path, smiles):
    made = Chem.AddHs(Chem.MolFromSmiles(smiles))
    rdDistGeom.EmbedMolecule(made, randomSeed=1)
    for kekulise in (True, False):
        (found,) = read(tmp_path, Chem.MolToMolBlock(made, kekulize=kekulise))
        again = Chem.MolFromMolBlock(sdf_record(found), removeHs=False)
        assert Chem.MolToSmiles(again) == Chem.MolToSmiles(made)


def bonded_batch():
    molecules = MoleculeSet.from_molecules([dioxide(), with_bonds(methane(), []), water()])
    return collate(molecules, [2, 1, 0], Elements((1, 6, 8)))


def test_batch_has_symmetric_orders_and_zero_padding():
    batch = bonded_batch()
    assert batch.bonds.shape == (3, 5, 5)
    assert batch.bonds.dtype == batch.positions.dtype
    assert torch.equal(batch.bonds, batch.bonds.transpose(1, 2))
    assert batch.bonds[0].nonzero().tolist() == [[0, 1], [0, 2], [1, 0], [2, 0]]
    assert not batch.bonds[1].any()
    assert batch.bonds[2, :3, :3].tolist() == [[0, 1.5, 0], [1.5, 0, 3], [0, 3, 0]]
    assert batch.formal_charges[..., 0].tolist() == [[1, 0, -1, 0, 0], [0] * 5, [0] * 5]


def test_set_without_bonds_makes_batches_without():
    batch = collate(MoleculeSet.from_molecules([methane()]), [0], Elements((1, 6)))
    assert batch.bonds is None
    assert batch.formal_charges is None


def test_rotation_keeps_bonds_and_charges():
    batch = bonded_batch()
    turned = rotated(batch)
    assert not torch.equal(turned.positions, batch.positions)
    assert torch.equal(turned.bonds, batch.bonds)
    assert torch.equal(turned.formal_charges, batch.formal_charges)


def test_guard_empties_and_moving_casts_bonds():
    batch = to_device(bonded_batch(), torch.device("cpu"), torch.float64)
    assert batch.bonds.dtype == batch.formal_charges.dtype == torch.float64
    left = without(batch, torch.tensor([False, True, True]))
    assert not left.bonds[0].any()
    assert not left.formal_charges[0].any()
    assert torch.equal(left.bonds[1:], batch.bonds[1:])
