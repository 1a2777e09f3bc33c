import numpy as np
import pytest

from eloss_plugins.data.dataset import SPLITS
from eloss_plugins.data.exporters import exporter_of
from eloss_plugins.data.exporters.edm import FILLER, filled
from eloss_plugins.data.exporters.export import export
from eloss_plugins.data.load import load
from tests.data.exporters.sets import data_of, sound

UPSTREAM_KEYS = (
    "num_atoms charges positions index A B C mu alpha homo lumo gap r2 zpve U0 U H G Cv omega1 "
    "zpve_thermo U0_thermo U_thermo H_thermo G_thermo Cv_thermo"
)


@pytest.fixture
def written(tmp_path):
    exported = export(sound(), exporter_of("edm"), tmp_path)
    with_arrays = {name: dict(np.load(tmp_path / "qm9" / f"{name}.npz")) for name in SPLITS}
    return exported, with_arrays


def test_every_array_of_upstream_is_there_in_the_same_order(written):
    _, splits = written
    assert set(splits["train"]) == set(UPSTREAM_KEYS.split())
    assert list(splits["train"]) == list(splits["valid"]) == list(splits["test"])


def test_arrays_have_one_row_a_molecule(written):
    _, splits = written
    for arrays in splits.values():
        assert {len(array) for array in arrays.values()} == {len(arrays["num_atoms"])}


def test_properties_that_nobody_knows_are_not_a_number(written):
    _, splits = written
    assert all(np.isnan(splits["test"][key]).all() for key in UPSTREAM_KEYS.split()[4:])


def test_every_split_has_every_element_and_the_user_is_told(written):
    exported, splits = written
    for arrays in splits.values():
        assert set(np.unique(arrays["charges"])) == {0, 1, 6, 7, 8, 9}
    assert exported.remarks == (
        "EDM wants H C N O F in each split: one O=NCF was added to train, valid, test.",
    )
    assert exported.molecules == {"train": 3, "valid": 1, "test": 1}


def test_splits_that_have_every_element_stay_as_they_are():
    data, lacking = filled(data_of([FILLER], [FILLER, FILLER], [FILLER]))
    assert lacking == ()
    assert len(data.molecules) == 4


def test_the_added_molecule_is_a_bundled_one():
    molecules = load("bundled:heavy=4").molecules
    place = molecules.names.index(FILLER.name)
    assert np.array_equal(molecules[place].positions, FILLER.positions)
    assert np.array_equal(molecules[place].numbers, FILLER.numbers)


def test_the_command_names_the_folder_above_qm9(tmp_path):
    exported = export(sound(), exporter_of("edm"), tmp_path / "a b")
    assert exported.next_command == f"python main_qm9.py --datadir '{tmp_path}/a b'"
