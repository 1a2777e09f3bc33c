import torch
from rdkit import Chem

from eloss_plugins.data.exporters import exporter_of
from eloss_plugins.data.exporters.export import derived, export
from tests.data.exporters.sets import sound


def test_the_files_hold_pairs_with_molecules(tmp_path):
    export(sound(), exporter_of("tabasco"), tmp_path)
    pairs = torch.load(tmp_path / "processed_geom_train.pt", weights_only=False)
    assert [first for first, _ in pairs] == [None, None, None]
    heavy = [Chem.RemoveAllHs(molecule) for _, molecule in pairs]
    assert [Chem.MolToSmiles(molecule) for molecule in heavy] == ["C", "O", "O=C=O"]
    assert [molecule.GetConformer().Is3D() for molecule in heavy] == [True, True, True]


def test_the_folder_of_the_data_base_is_there_and_empty(tmp_path):
    exported = export(sound(), exporter_of("tabasco"), tmp_path)
    assert list((tmp_path / "lmdb_geom").iterdir()) == []
    assert f"datamodule.lmdb_dir={tmp_path}/lmdb_geom" in exported.next_command


def test_a_hidden_file_keeps_the_folder_and_is_kept(tmp_path):
    """As in a fresh checkout."""
    kept = tmp_path / "lmdb_geom/.gitkeep"
    kept.parent.mkdir()
    kept.touch()
    assert derived(exporter_of("tabasco"), tmp_path) == []
    export(sound(), exporter_of("tabasco"), tmp_path)
    assert kept.exists()
