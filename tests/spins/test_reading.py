import numpy as np
import pytest

from eloss_plugins.errors import UsageError
from eloss_plugins.spins.reading import read_glass

TRIANGLE = np.array([[0, 1.0, -0.5], [1.0, 0, 2.0], [-0.5, 2.0, 0]])


def test_a_matrix_and_lines_are_the_same_glass(tmp_path):
    np.save(tmp_path / "a.npy", TRIANGLE)
    (tmp_path / "a.txt").write_text("# three sites\n0 1 1\n2 0 -0.5\n\n1 2 2  # the last\n")
    spins = np.array([1, -1, 1])
    one, other = (read_glass(tmp_path / name)[0] for name in ("a.npy", "a.txt"))
    assert one.num_sites == other.num_sites == 3
    assert one.energy(spins) == other.energy(spins) == 3.5


def test_spins_beside_couplings_are_read(tmp_path):
    np.savez(tmp_path / "a.npz", couplings=TRIANGLE, spins=[1, 1, -1])
    assert read_glass(tmp_path / "a.npz")[1].tolist() == [1, 1, -1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0 1\n", "line 1: expected two sites and a coupling"),
        ("0 1 1\n0 x 1\n", "line 2: expected"),
        ("0 1 1\n1 0 1\n", "sites 0 and 1 is given twice"),
        ("2 2 1\n", "site 2 is coupled to itself"),
        ("-1 2 1\n", "numbered from 0"),
        ("0 1 nan\n", "finite"),
        ("", "got none"),
    ],
)
def test_bad_lines_are_refused_in_a_sentence(tmp_path, text, words):
    (tmp_path / "a.txt").write_text(text)
    with pytest.raises(UsageError, match=words) as caught:
        read_glass(tmp_path / "a.txt")
    assert str(caught.value).startswith(str(tmp_path / "a.txt"))


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"couplings": np.triu(TRIANGLE)}, "symmetric"),
        ({"couplings": TRIANGLE + np.eye(3)}, "coupled to itself"),
        ({"couplings": TRIANGLE.astype(str)}, "real numbers"),
        ({"J": TRIANGLE}, "expected an array `couplings`.*got J"),
    ],
)
def test_bad_arrays_are_refused_in_a_sentence(tmp_path, arrays, words):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(UsageError, match=words):
        read_glass(tmp_path / "a.npz")


def test_what_is_no_array_file_is_refused(tmp_path):
    (tmp_path / "a.npy").write_bytes(b"nothing of the kind")
    with pytest.raises(UsageError, match="cannot be read"):
        read_glass(tmp_path / "a.npy")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        read_glass(tmp_path / "a.txt")
