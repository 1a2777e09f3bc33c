import gzip
import os

import pytest

from eloss_plugins.data.readers import read_molecules, source
from eloss_plugins.errors import EnvironmentProblem, UsageError
from tests.data.files import METHANE_XYZ

CONTENTS = {
    b"": "got an empty file",
    b" \n\n": "got an empty file",
    b"<!DOCTYPE html><html>404</html>": "got a web page, as a failed download leaves",
    b"\n <HTML><body>": "got a web page",
    b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n": "Run `git lfs pull`",
    b"\x80\x04\x95\0\0\0binary": "got binary data",
    gzip.compress(METHANE_XYZ.encode(), mtime=0)[:40]: "got a cut or damaged one",
    gzip.compress(METHANE_XYZ.encode(), mtime=0)[:12] + b"garbage": "got a cut or damaged one",
}


@pytest.mark.parametrize("content", CONTENTS)
def test_what_the_file_is_instead_is_said(tmp_path, content):
    path = tmp_path / "data.xyz"
    path.write_bytes(content)
    with pytest.raises(UsageError) as refusal:
        read_molecules(path)
    assert str(refusal.value).startswith(str(path))
    assert CONTENTS[content] in str(refusal.value)


@pytest.mark.parametrize("name", ["page.npz", "page.npy", "page.sdf"])
def test_web_page_under_any_ending_is_named(tmp_path, name):
    (tmp_path / name).write_text("<html><title>403</title></html>")
    with pytest.raises(UsageError, match="web page"):
        read_molecules(tmp_path / name)


def test_missing_file_and_folder_and_device_are_told_apart(tmp_path):
    (tmp_path / "folder.xyz").mkdir()
    os.mkfifo(tmp_path / "pipe.xyz")
    with pytest.raises(UsageError, match="no such file"):
        read_molecules(tmp_path / "absent.xyz")
    for name in ("folder.xyz", "pipe.xyz"):
        with pytest.raises(UsageError, match="a folder or a device"):
            read_molecules(tmp_path / name)


def test_unreadable_file_is_a_problem_of_the_environment(tmp_path, monkeypatch):
    path = tmp_path / "locked.xyz"
    path.write_text(METHANE_XYZ)

    def deny(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", deny)
    with pytest.raises(EnvironmentProblem, match="Permission denied"):
        read_molecules(path)


def test_unknown_ending_lists_the_known_ones(tmp_path):
    with pytest.raises(UsageError, match=r"\.xyz, \.extxyz, \.sdf.*got '\.pdb'"):
        read_molecules(tmp_path / "protein.pdb")


def test_home_and_variables_in_a_path_are_replaced(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SOME_DATA", "my data")
    (tmp_path / "my data").mkdir()
    (tmp_path / "my data" / "methane.xyz").write_text(METHANE_XYZ)
    assert len(read_molecules("~/$SOME_DATA/methane.xyz")) == 1


def test_gzip_bomb_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "MAX_UNPACKED_BYTES", 1000)
    path = tmp_path / "bomb.xyz.gz"
    path.write_bytes(gzip.compress(b"0" * 5000))
    with pytest.raises(UsageError, match="unpacks to over"):
        read_molecules(path)
