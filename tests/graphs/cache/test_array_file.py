"""Files of arrays: what is read is what was written, or is refused."""

import numpy as np
import pytest

from eloss_plugins.graphs.cache.array_file import Damaged, read, write

ARRAYS = {
    "a": np.arange(7, dtype=np.uint16),
    "empty": np.zeros((0, 2), np.int32),
    "b": np.linspace(0, 1, 5).reshape(5, 1),
}


@pytest.fixture
def path(tmp_path):
    write(tmp_path / "file", "key", ARRAYS, {"said": "ö"})
    return tmp_path / "file"


def test_what_is_read_is_what_was_written(path):
    found = read(path, "key")
    assert found.notes == {"said": "ö"}
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found.arrays[name], array)
        assert found.arrays[name].dtype == array.dtype


def test_arrays_are_mapped_and_cannot_be_written(path):
    array = read(path, "key").arrays["b"]
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1


def test_big_endian_arrays_are_laid_down_as_little_endian(tmp_path):
    write(tmp_path / "file", "key", {"a": np.arange(3, dtype=">i4")}, {})
    found = read(tmp_path / "file", "key").arrays["a"]
    assert found.dtype.str == "<i4"
    assert found.tolist() == [0, 1, 2]


def test_another_key_is_refused(path):
    with pytest.raises(Damaged, match="other data or other options"):
        read(path, "kex")


def test_truncated_anywhere_it_is_refused(path):
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(Damaged):
            read(path, "key")


def test_a_changed_byte_is_noticed_or_changes_nothing(path):
    whole = path.read_bytes()
    for place in range(0, len(whole), 3):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            found = read(path, "key")
        except Damaged:
            continue
        for name, array in ARRAYS.items():
            if name in found.arrays:  # a name is no number: the graphs' names are checked
                np.testing.assert_array_equal(found.arrays[name], array)


def test_types_beyond_numbers_are_refused(path):
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"<u2", b"|O8"))
    with pytest.raises(Damaged):
        read(path, "key")
