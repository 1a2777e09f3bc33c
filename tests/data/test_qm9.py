import io
import tarfile

import numpy as np
import pytest

from eloss_plugins.data import qm9
from eloss_plugins.data.load import load
from eloss_plugins.errors import EnvironmentProblem, UsageError
from tests.data.files import WATER_V2000

CO = "2\ngdb {0}\t1.0\nC\t0.0\t0.0\t0.0\t0.1\nO\t{1}\t0.0\t0.0\t-0.1\n99.0\nC\tC\nInChI\tInChI\n"


def member(number: int, name: str = "dsgdb9nsd_{:06d}.xyz") -> tuple[tarfile.TarInfo, bytes]:
    content = CO.format(number, 1 + number / 1000).encode()
    info = tarfile.TarInfo(name.format(number))
    info.size = len(content)
    return info, content


def write_archive(folder, members) -> None:
    with tarfile.open(folder / qm9.ARCHIVE.name, "w:bz2") as archive:
        for info, content in members:
            archive.addfile(info, io.BytesIO(content))


def write_list(folder, numbers) -> None:
    lines = [f"    {number}  CCO  CCO  gdb text" for number in numbers]
    text = "Index  InChI\n======\n" + "\n".join(lines) + f"\n{'=' * 9}\nend 5\n"
    (folder / qm9.UNCHARACTERIZED.name).write_text(text)


@pytest.fixture
def small(monkeypatch):
    """The real code on a pretended QM9 of 30 molecules, of which 5 are doubtful."""
    monkeypatch.setattr(qm9, "NUM_MOLECULES", 30)
    monkeypatch.setattr(qm9, "NUM_UNCHARACTERIZED", 5)
    monkeypatch.setattr(qm9, "NUM_TRAIN", 18)


def test_split_has_the_published_sizes_and_first_members():
    excluded = np.arange(1, qm9.NUM_UNCHARACTERIZED + 1)
    splits = qm9.edm_split(excluded)
    assert [len(splits[name]) for name in ("train", "valid", "test")] == [100_000, 17_748, 13_083]
    assert min(part.min() for part in splits.values()) == qm9.NUM_UNCHARACTERIZED
    np.random.seed(0)
    expected = np.random.permutation(130_831)[:3] + qm9.NUM_UNCHARACTERIZED
    assert splits["train"][:3].tolist() == expected.tolist()


@pytest.mark.usefixtures("small")
def test_archive_in_any_order_is_split_without_the_doubtful(tmp_path):
    write_archive(tmp_path, [member(number) for number in range(30, 0, -1)])
    write_list(tmp_path, [1, 2, 3, 29, 30])
    data = load(str(tmp_path))
    assert [len(data.splits[name]) for name in ("train", "valid", "test")] == [18, 5, 2]
    lengths = np.sort(data.molecules.positions[1::2, 0])
    assert lengths == pytest.approx(1 + np.arange(4, 29) / 1000)


@pytest.mark.usefixtures("small")
def test_qm9_by_name_is_converted_once(tmp_path, monkeypatch):
    monkeypatch.setenv("ELOSS_DATA", str(tmp_path))
    monkeypatch.setattr(qm9, "fetch", lambda file, folder: folder / file.name)
    folder = tmp_path / "qm9"
    folder.mkdir()
    write_archive(folder, [member(number) for number in range(1, 31)])
    write_list(folder, [1, 2, 3, 29, 30])
    first = load("qm9")
    (folder / qm9.ARCHIVE.name).unlink()
    assert np.array_equal(load("qm9").molecules.positions, first.molecules.positions)


def test_without_network_the_file_and_its_place_are_named(tmp_path, monkeypatch):
    monkeypatch.setenv("ELOSS_DATA", str(tmp_path))
    monkeypatch.setenv("ELOSS_OFFLINE", "1")
    with pytest.raises(EnvironmentProblem) as refusal:
        load("qm9")
    for part in (qm9.ARCHIVE.name, *qm9.ARCHIVE.urls, str(tmp_path / "qm9")):
        assert part in str(refusal.value)


def test_archive_without_the_list_keeps_all_molecules(tmp_path):
    write_archive(tmp_path, [member(number) for number in range(1, 21)])
    assert len(load(str(tmp_path / qm9.ARCHIVE.name)).molecules) == 20


def test_incomplete_archive_with_the_list_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(qm9, "NUM_UNCHARACTERIZED", 1)
    write_archive(tmp_path, [member(number) for number in range(1, 5)])
    write_list(tmp_path, [1])
    with pytest.raises(UsageError, match="expected 133885 molecules; got 4"):
        load(str(tmp_path))


def test_list_of_another_length_is_refused(tmp_path):
    write_archive(tmp_path, [member(1)])
    write_list(tmp_path, [1, 2])
    with pytest.raises(UsageError, match="expected 3054 numbers"):
        qm9.read_uncharacterized(tmp_path / qm9.UNCHARACTERIZED.name)


def write_sdf(folder, numbers) -> None:
    water = WATER_V2000.split("\n", 1)[1]
    (folder / qm9.SDF_NAME).write_text("".join(f"gdb_{n}\n{water}$$$$\n" for n in numbers))


@pytest.mark.usefixtures("small")
def test_sd_file_is_split_as_the_archive_is(tmp_path):
    write_sdf(tmp_path, range(1, 31))
    write_list(tmp_path, [1, 2, 3, 29, 30])
    data = load(str(tmp_path / qm9.SDF_NAME))
    expected = qm9.edm_split(np.array([1, 2, 3, 29, 30]))["valid"]
    assert data.split("valid").names == tuple(f"gdb_{place + 1}" for place in expected)


def test_sd_file_in_another_order_is_refused(tmp_path):
    write_sdf(tmp_path, [1, 3, 2])
    with pytest.raises(UsageError, match="got 'gdb_3' as number 2"):
        load(str(tmp_path))


def linked(kind: bytes) -> tuple[tarfile.TarInfo, bytes]:
    info, _ = member(2)
    info.type, info.linkname, info.size = kind, "/etc/passwd", 0
    return info, b""


HOSTILE = {
    "parent": member(2, "../dsgdb9nsd_{:06d}.xyz"),
    "absolute": member(2, "/tmp/dsgdb9nsd_{:06d}.xyz"),
    "symlink": linked(tarfile.SYMTYPE),
    "device": linked(tarfile.CHRTYPE),
    "other": member(2, "readme{:06d}.txt"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_members_are_refused(tmp_path, kind):
    write_archive(tmp_path, [member(1), HOSTILE[kind]])
    with pytest.raises(UsageError, match=r"member .*(out of the archive|expected files dsgdb9nsd)"):
        qm9.read_archive(tmp_path / qm9.ARCHIVE.name)


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_truncated_archive_is_named_as_such(tmp_path, keep):
    write_archive(tmp_path, [member(number) for number in range(1, 50)])
    path = tmp_path / qm9.ARCHIVE.name
    path.write_bytes(path.read_bytes()[: int(keep * path.stat().st_size)])
    with pytest.raises(UsageError, match="cut or damaged"):
        qm9.read_archive(path)
