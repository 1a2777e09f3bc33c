"""Files written here, read by RDKit and ASE."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from molecules_by_hand import at_nan, carbon_dioxide, methane, nothing, together, two_waters
from rdkit import Chem

from eloss_plugins.chem.bonds import find_bonds
from eloss_plugins.chem.formats import write_molecules
from eloss_plugins.chem.sdf import sdf_record
from eloss_plugins.chem.xyz import extxyz_block, xyz_block
from eloss_plugins.data.molecules import Molecule
from eloss_plugins.errors import UsageError


@pytest.fixture
def ase_io():
    return pytest.importorskip("ase.io", reason="ase reads the files back")


def from_sdf(text: str) -> Chem.Mol:
    return Chem.MolFromMolBlock(text, sanitize=False, removeHs=False, strictParsing=True)


def orders(mol: Chem.Mol) -> np.ndarray:
    return Chem.GetAdjacencyMatrix(mol, useBO=True)


@pytest.mark.parametrize("case", [methane(), carbon_dioxide(), two_waters(), nothing()])
def test_rdkit_reads_atoms_positions_and_bonds_of_an_sdf_record(case):
    mol = from_sdf(sdf_record(case))
    assert [atom.GetAtomicNum() for atom in mol.GetAtoms()] == case.numbers.tolist()
    if len(case):
        assert np.allclose(mol.GetConformer().GetPositions(), case.positions, atol=5e-5)
        assert np.array_equal(orders(mol), find_bonds(case).matrix())


def test_molecule_that_rdkit_refuses_is_written_with_its_bonds():
    crowd = Molecule(np.random.default_rng(0).normal(0, 0.3, (8, 3)), np.full(8, 6), "crowd")
    mol = from_sdf(sdf_record(crowd))
    assert np.array_equal(orders(mol), find_bonds(crowd).matrix())
    assert Chem.SanitizeMol(mol, catchErrors=True) != Chem.SanitizeFlags.SANITIZE_NONE


def test_coordinates_at_nan_survive_as_nan():
    mol = from_sdf(sdf_record(at_nan()))
    assert np.array_equal(np.isnan(mol.GetConformer().GetPositions()), np.isnan(at_nan().positions))


@pytest.mark.parametrize(("num_atoms", "reach"), [(1200, 1.0), (3, 1e7), (3, -1e4)])
def test_what_v2000_cannot_hold_is_written_as_v3000(num_atoms, reach):
    cloud = Molecule(reach * np.arange(3.0 * num_atoms).reshape(-1, 3), np.full(num_atoms, 6))
    mol = from_sdf(sdf_record(cloud))
    assert "V3000" in sdf_record(cloud)
    assert np.array_equal(mol.GetConformer().GetPositions(), cloud.positions)


def test_bonds_survive_in_v3000():
    mol = from_sdf(sdf_record(Molecule(methane().positions + 1e5, methane().numbers)))
    assert np.array_equal(orders(mol), find_bonds(methane()).matrix())


@settings(max_examples=30)
@given(name=st.text(max_size=200))
def test_no_name_breaks_a_record(name):
    named = Molecule(methane().positions, methane().numbers, name)
    assert from_sdf(sdf_record(named)).GetNumAtoms() == 5
    assert xyz_block(named).count("\n") == extxyz_block(named).count("\n") == 7


@pytest.mark.parametrize("ending", ["xyz", "extxyz"])
def test_ase_reads_every_frame(ase_io, tmp_path, ending):
    path = tmp_path / f"molecules.{ending}"
    write_molecules(path, together(methane(), two_waters(), at_nan()))
    frames = ase_io.read(path, index=":", format=ending)
    assert [len(frame) for frame in frames] == [5, 6, 5]
    assert frames[1].numbers.tolist() == two_waters().numbers.tolist()
    assert np.allclose(frames[1].positions, two_waters().positions, atol=1e-8)


def test_ase_reads_a_hostile_name(ase_io, tmp_path):
    path = tmp_path / "one.extxyz"
    named = Molecule(methane().positions, methane().numbers, 'a "b" c=d \\ e\nf')
    write_molecules(path, together(named))
    assert ase_io.read(path).info["name"] == 'a "b" c=d \\ e f'


def test_rdkit_reads_a_whole_sd_file(tmp_path):
    path = tmp_path / "all.sdf"
    write_molecules(path, together(methane(), nothing(), carbon_dioxide()))
    supplier = Chem.SDMolSupplier(str(path), removeHs=False)
    assert [mol.GetProp("_Name") for mol in supplier] == ["methane", "nothing", "O C O"]


def test_unknown_ending_is_refused_before_writing(tmp_path):
    with pytest.raises(UsageError, match=r"\.sdf.*'all\.pdb'"):
        write_molecules(tmp_path / "all.pdb", together(methane()))
    assert not list(tmp_path.iterdir())
