import os
import stat

import pytest

from eloss_plugins.errors import Refused
from eloss_plugins.patching.reading import read


def test_bytes_of_a_file_are_read(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.py").write_bytes(b"\r\n\xff")
    assert read(tmp_path, "a/b.py") == b"\r\n\xff"


@pytest.mark.parametrize("path", ["a.py", "a/b.py", "file/b.py"])
def test_what_is_not_there_is_none(tmp_path, path):
    (tmp_path / "file").write_text("")
    assert read(tmp_path, path) is None


def test_link_inside_is_followed(tmp_path):
    (tmp_path / "real.py").write_bytes(b"x")
    (tmp_path / "a.py").symlink_to("real.py")
    assert read(tmp_path, "a.py") == b"x"


def test_link_out_is_refused(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "out.py").write_bytes(b"x")
    (tmp_path / "in" / "a.py").symlink_to("../out.py")
    with pytest.raises(Refused, match="leads out"):
        read(tmp_path / "in", "a.py")


def test_file_that_is_no_source_is_refused_unread(tmp_path):
    with (tmp_path / "a.py").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(Refused, match="expected at most"):
        read(tmp_path, "a.py")


@pytest.mark.parametrize("name", ["../a.py", "/etc/hostname", ".git/config", "a\nb.py"])
def test_name_that_climbs_out_is_refused(tmp_path, name):
    with pytest.raises(Refused):
        read(tmp_path, name)


def test_pipe_folder_loop_and_socket_are_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "loop.py").symlink_to("loop.py")
    os.mknod(tmp_path / "socket.py", stat.S_IFSOCK | 0o600)
    for name in ("pipe.py", "folder.py", "loop.py", "socket.py"):
        with pytest.raises(Refused, match=name):
            read(tmp_path, name)
