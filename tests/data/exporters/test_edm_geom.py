import numpy as np

from eloss_plugins.data.dataset import SPLITS
from eloss_plugins.data.exporters import exporter_of
from eloss_plugins.data.exporters.export import export
from eloss_plugins.data.load import load
from tests.data.exporters.sets import data_of
from tests.molecules_by_hand import methane


def lengths(count: int, start: float) -> list:
    return [methane(start + 0.001 * place) for place in range(count)]


def first_coordinates(data, split: str) -> list[float]:
    molecules = data.split(split)
    return sorted(molecules.positions[molecules.offsets[:-1] + 1, 0].tolist())


def test_splits_of_a_tenth_each_are_read_back_as_they_were(tmp_path):
    data = data_of(lengths(16, 1.07), lengths(2, 1.10), lengths(2, 1.11))
    exported = export(data, exporter_of("edm-geom"), tmp_path)
    again = load(str(tmp_path / "data" / "geom"))
    assert exported.remarks == ()
    for name in SPLITS:
        assert first_coordinates(again, name) == first_coordinates(data, name)


def test_molecules_that_change_their_split_are_counted(tmp_path):
    data = data_of(lengths(14, 1.07), lengths(4, 1.10), lengths(2, 1.11))
    exported = export(data, exporter_of("edm-geom"), tmp_path)
    assert exported.remarks == (
        "EDM cuts valid and test at a tenth each: 4 molecules change their split.",
    )  # two of valid to test, two of test to train


def test_table_has_a_row_an_atom(tmp_path):
    data = data_of(lengths(3, 1.07), lengths(1, 1.10), lengths(1, 1.11))
    exported = export(data, exporter_of("edm-geom"), tmp_path)
    table = np.load(tmp_path / exported.files[0])
    assert table.shape == (25, 5)
    assert table[:, 0].tolist() == np.repeat(np.arange(5), 5).tolist()
    assert table[:5, 1].tolist() == [6, 1, 1, 1, 1]
    assert np.array_equal(table[:, 2:], data.molecules.positions)
