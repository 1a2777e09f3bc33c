import zipfile

import numpy as np
import pytest

from eloss_plugins.data.readers import arrays, read_molecules
from eloss_plugins.errors import UsageError

NUM_ATOMS = np.array([2, 3])
CHARGES = np.array([[6, 8, 99], [8, 1, 1]])
POSITIONS = np.arange(18, dtype=np.float32).reshape(2, 3, 3)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "some.npz"


def save(path, **changes):
    stored = {"num_atoms": NUM_ATOMS, "charges": CHARGES, "positions": POSITIONS} | changes
    np.savez_compressed(
        path, **{name: value for name, value in stored.items() if value is not None}
    )


def test_edm_layout_reads_without_padding(path):
    save(path, gap=np.zeros(2))
    molecules = read_molecules(path)
    assert molecules.offsets.tolist() == [0, 2, 5]
    assert molecules.numbers.tolist() == [6, 8, 8, 1, 1]
    assert molecules.positions.dtype == np.float64
    assert np.array_equal(molecules.positions, POSITIONS.reshape(6, 3)[[0, 1, 3, 4, 5]])


BAD = {
    "expected the arrays num_atoms, charges, positions; got num_atoms, positions": {
        "charges": None
    },
    "got (2,), (2, 3) and (2, 4, 3)": {"positions": np.zeros((2, 4, 3))},
    "got (3,), (2, 3) and (2, 3, 3)": {"num_atoms": np.array([1, 2, 3])},
    "expected num_atoms from 0 to 3, the slots of `charges`; got 2 to 4": {
        "num_atoms": np.array([2, 4])
    },
    "expected whole numbers in `charges`": {"charges": CHARGES + 0.5},
    "got Python objects, which are never loaded": {"num_atoms": np.array([2, None])},
}


@pytest.mark.parametrize("message", BAD)
def test_other_layouts_are_refused_with_what_was_found(path, message):
    save(path, **BAD[message])
    with pytest.raises(UsageError) as refusal:
        read_molecules(path)
    assert message in str(refusal.value)
    assert str(path) in str(refusal.value)


@pytest.mark.parametrize("tenth", range(1, 10))
def test_truncated_npz_is_named_as_such(path, tenth):
    save(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * tenth // 10])
    with pytest.raises(UsageError, match="cut short"):
        read_molecules(path)


def test_flipped_bits_are_found(path):
    save(path, positions=np.random.default_rng(0).normal(size=(2, 3, 3)))
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        header = archive.getinfo("positions.npy").header_offset
    content[header + 150] ^= 1
    path.write_bytes(content)
    with pytest.raises(UsageError, match="damaged"):
        read_molecules(path)


def test_archive_that_unpacks_to_too_much_is_refused(path, monkeypatch):
    monkeypatch.setattr(arrays, "MAX_UNPACKED_BYTES", 100)
    save(path)
    with pytest.raises(UsageError, match="unpacks to over"):
        read_molecules(path)


def test_pickle_saved_as_npz_is_never_loaded(path):
    path.write_bytes(b"cos\nsystem\n(S'touch hacked'\ntR.")
    with pytest.raises(UsageError, match="expected an npz file"):
        read_molecules(path)


def test_pickle_saved_as_npy_is_never_loaded(tmp_path):
    path = tmp_path / "geom.npy"
    path.write_bytes(b"cos\nsystem\n(S'touch hacked'\ntR.")
    with pytest.raises(UsageError, match="never loaded"):
        read_molecules(path)
