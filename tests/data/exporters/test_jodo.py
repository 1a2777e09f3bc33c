import numpy as np
import pytest
import torch
from rdkit import Chem

from eloss_plugins.data.dataset import SPLITS
from eloss_plugins.data.exporters import exporter_of
from eloss_plugins.data.exporters.export import export
from tests.chem.test_perceive import embedded
from tests.data.exporters.sets import data_of
from tests.molecules_by_hand import carbon_dioxide, methane


@pytest.fixture
def folder(tmp_path):
    train = [methane(), embedded("c1ccccc1"), embedded("C[N+](=O)[O-]")]
    data = data_of(train, [carbon_dioxide()], [methane(1.1), methane(1.11)])
    export(data, exporter_of("jodo"), tmp_path)
    return tmp_path


@pytest.fixture
def molecules(folder):
    """As upstream reads them."""
    return list(Chem.SDMolSupplier(str(folder / "raw/gdb9.sdf"), removeHs=False, sanitize=False))


def test_all_molecules_are_read_with_their_hydrogens(molecules):
    assert [molecule.GetNumAtoms() for molecule in molecules] == [5, 12, 7, 3, 5, 5]
    assert [molecule.GetProp("_Name") for molecule in molecules][:2] == ["gdb_1", "gdb_2"]


def test_rings_alternate_as_upstream_expects(molecules):
    orders = [bond.GetBondTypeAsDouble() for bond in molecules[1].GetBonds()]
    assert sorted(orders) == [1.0] * 9 + [2.0] * 3


def test_formal_charges_are_written(molecules):
    charges = [atom.GetFormalCharge() for atom in molecules[2].GetAtoms()]
    assert sorted(charges) == [-1, 0, 0, 0, 0, 0, 1]


def test_positions_are_kept_to_four_decimals(molecules):
    found = molecules[3].GetConformer().GetPositions()
    assert np.allclose(found, carbon_dioxide().positions, atol=6e-5)


def test_the_table_has_nineteen_numbers_a_molecule(folder):
    lines = (folder / "raw/gdb9.sdf.csv").read_text().split("\n")[1:-1]
    rows = [[float(word) for word in line.split(",")[1:20]] for line in lines]
    assert np.isnan(np.array(rows)).all()
    assert np.array(rows).shape == (6, 19)


def test_no_molecule_is_left_out(folder):
    assert (folder / "raw/uncharacterized.txt").read_text().split("\n")[9:-2] == []


def test_the_split_is_read_without_trusting_the_file(folder):
    split = torch.load(folder / "processed/split_dict_qm9.pt", weights_only=True)
    assert {name: split[name].tolist() for name in SPLITS} == {
        "train": [0, 1, 2],
        "valid": [3],
        "test": [4, 5],
    }
