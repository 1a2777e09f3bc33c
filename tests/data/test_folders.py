import numpy as np
import pytest

from eloss_plugins.data.dataset import SPLITS
from eloss_plugins.data.exporters.edm import write_edm
from eloss_plugins.data.load import load
from eloss_plugins.errors import UsageError
from tests.data.files import METHANE_XYZ, WATER_V2000, WATER_XYZ, some_molecules
from tests.data.test_round_trip import xyz


def write_some(path) -> None:
    path.write_text("".join(map(xyz, some_molecules())))


def test_folder_of_mixed_formats_is_one_set(tmp_path):
    (tmp_path / "deeper").mkdir()
    (tmp_path / "a.xyz").write_text(METHANE_XYZ)
    (tmp_path / "b.sdf").write_text(WATER_V2000)
    (tmp_path / "deeper" / "c.extxyz").write_text(WATER_XYZ)
    (tmp_path / ".hidden.xyz").write_text("no molecule")
    (tmp_path / "notes.txt").write_text("no molecule either")
    data = load(str(tmp_path))
    assert data.molecules.sizes.tolist() == [5, 3, 3]
    assert data.elements == (1, 6, 8)
    assert data.name == data.card["source"] == str(tmp_path)


def test_folder_without_data_says_what_it_looked_for(tmp_path):
    with pytest.raises(UsageError, match=r"files that end in \.xyz, .*found none"):
        load(str(tmp_path))


def test_fault_in_one_file_of_a_folder_names_that_file(tmp_path):
    write_some(tmp_path / "good.xyz")
    (tmp_path / "bad.xyz").write_text(METHANE_XYZ.replace("0.63", "O.63", 1))
    with pytest.raises(UsageError, match=r"bad\.xyz:4"):
        load(str(tmp_path))


def test_train_valid_and_test_files_are_the_splits(tmp_path):
    for name, text in zip(SPLITS, [METHANE_XYZ * 2, WATER_XYZ, METHANE_XYZ], strict=True):
        (tmp_path / f"{name}.xyz").write_text(text)
    data = load(str(tmp_path))
    assert [len(data.split(name)) for name in SPLITS] == [2, 1, 1]
    assert data.split("valid").names == ("water",)


def test_split_file_without_molecules_is_named(tmp_path):
    for name in SPLITS:
        count = 0 if name == "valid" else 3
        arrays = {"num_atoms": np.full(count, 1), "charges": np.ones((count, 1), int)}
        np.savez(tmp_path / f"{name}.npz", positions=np.zeros((count, 1, 3)), **arrays)
    with pytest.raises(UsageError, match="in every split; got none in valid"):
        load(str(tmp_path))


def test_exported_set_reads_back_with_its_splits(tmp_path):
    write_some(tmp_path / "some.xyz")
    data = load(str(tmp_path / "some.xyz"))
    write_edm(data, tmp_path / "edm")
    again = load(str(tmp_path / "edm"))
    for name in SPLITS:
        assert np.array_equal(again.split(name).positions, data.split(name).positions)
        assert np.array_equal(again.split(name).numbers, data.split(name).numbers)
        assert np.array_equal(again.split(name).offsets, data.split(name).offsets)


def test_export_pads_all_splits_alike_with_zeros(tmp_path):
    write_some(tmp_path / "some.xyz")
    write_edm(load(str(tmp_path / "some.xyz")), tmp_path / "edm")
    for name in SPLITS:
        with np.load(tmp_path / "edm" / f"{name}.npz") as stored:
            padding = np.arange(5) >= stored["num_atoms"][:, None]
            assert stored["charges"].shape[1] == stored["positions"].shape[1] == 5
            assert not stored["charges"][padding].any()
            assert not stored["positions"][padding].any()
