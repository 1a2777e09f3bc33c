import io
import pickle
import pickletools

import pytest
import torch
from rdkit import Chem

from eloss_plugins.data.exporters import exporter_of
from eloss_plugins.data.exporters.export import export
from tests.chem.test_perceive import embedded
from tests.data.exporters.sets import data_of, sound
from tests.molecules_by_hand import carbon_dioxide, methane


@pytest.fixture
def molecules(tmp_path):
    data = data_of([carbon_dioxide(), embedded("C[N+](=O)[O-]")], [methane()], [methane(1.1)])
    export(data, exporter_of("semlaflow"), tmp_path)
    return [pickle.loads(each) for each in pickle.loads((tmp_path / "train.smol").read_bytes())]


def test_a_molecule_is_what_upstream_unpacks(molecules):
    first = molecules[0]
    assert torch.equal(first["coords"], torch.tensor(carbon_dioxide().positions).float())
    assert first["atomics"].tolist() == [8, 6, 8]
    assert first["bond_indices"].tolist() == [[0, 1], [1, 2]]
    assert first["bond_types"].tolist() == [2, 2]
    assert first["charges"].tolist() == [0, 0, 0]
    assert (first["device"], first["id"]) == ("cpu", "O=C=O")


def test_formal_charges_are_written(molecules):
    assert sorted(molecules[1]["charges"].tolist()) == [-1, 0, 0, 0, 0, 0, 1]


def test_the_name_is_a_smiles_with_hydrogens(molecules):
    name = Chem.MolFromSmiles(molecules[1]["id"])
    assert Chem.MolToSmiles(name) == Chem.CanonSmiles("C[N+](=O)[O-]")
    assert "[H]" in molecules[1]["id"]


def test_the_pickles_need_no_package_but_torch(tmp_path):
    export(sound(), exporter_of("semlaflow"), tmp_path)
    for packed in pickle.loads((tmp_path / "train.smol").read_bytes()):
        words = [arg for _, arg, _ in pickletools.genops(io.BytesIO(packed)) if arg]
        modules = {word for word in words if isinstance(word, str) and "." in word}
        assert modules <= {"torch._utils", "torch.storage"}


def test_the_command_fits_the_data(tmp_path):
    command = export(sound(), exporter_of("semlaflow"), tmp_path).next_command
    assert command.endswith(f"--data_path {tmp_path} --dataset qm9 --n_validation_mols 1")
