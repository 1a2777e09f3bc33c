import os
import subprocess
import sys
from pathlib import Path

import pytest

from eloss_plugins.unfinished import ENDING, unfinished


def dead() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_the_folder_is_empty_and_gone_afterwards(tmp_path):
    with unfinished(tmp_path, "made") as place:
        assert place.parent == tmp_path
        assert list(place.iterdir()) == []
        (place / "file").touch()
    assert list(tmp_path.iterdir()) == []


def test_it_may_get_its_name(tmp_path):
    with unfinished(tmp_path, "made") as place:
        place.rename(tmp_path / "made")
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def test_an_interrupt_removes_it(tmp_path):
    with pytest.raises(KeyboardInterrupt), unfinished(tmp_path, "made"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["made", "a*[b]"])
def test_what_a_killed_process_left_is_removed(tmp_path, name):
    (tmp_path / f".{name}.{dead()}{ENDING}" / "deep").mkdir(parents=True)
    with unfinished(tmp_path, name) as place:
        assert list(tmp_path.iterdir()) == [place]


def test_what_others_make_stays(tmp_path):
    others = {f".made.{os.getppid()}{ENDING}", f".other.{dead()}{ENDING}", f".made.x{ENDING}"}
    for other in others:
        Path(tmp_path, other).mkdir()
    with unfinished(tmp_path, "made"):
        pass
    assert {path.name for path in tmp_path.iterdir()} == others
