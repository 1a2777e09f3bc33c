"""What is applied, and what became of it; nothing is written."""

import subprocess

import pytest

from eloss_plugins.patching.apply import apply
from eloss_plugins.patching.revert import revert
from eloss_plugins.patching.status import status

from .checkouts import FILES_OF, SHAPER_2, commit_all, content, git, make, untouched
from .sources import FILES, MODEL_PATH, SCRIPT_PATH, SHAPER

FLAG = b'parser.add_argument("--loss-plugin")'


def state_of(checkout, *installed):
    with untouched(checkout):
        return status(checkout, installed or [SHAPER])


def states(checkout) -> dict[str, str]:
    return {file.path: file.state for file in state_of(checkout).sets[0].files}


def edit(path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))


@pytest.fixture
def patched(checkout):
    apply(checkout, SHAPER)
    return checkout


def test_an_unpatched_checkout_has_nothing(checkout):
    assert state_of(checkout).sets == ()
    assert not state_of(checkout).is_applied


def test_a_patched_one_is_applied_and_current(patched):
    (found,) = state_of(patched).sets
    assert (found.state, found.package, found.version) == ("applied", "current", 1)
    assert states(patched) == dict.fromkeys(FILES_OF, "applied")


def test_an_older_version_is_outdated(patched):
    assert state_of(patched, SHAPER_2).sets[0].package == "outdated"


def test_a_newer_version_is_told(checkout):
    apply(checkout, SHAPER_2)
    assert state_of(checkout).sets[0].package == "newer"


@pytest.mark.parametrize(
    ("old", "new", "state"),
    [
        (b"print(", b"print('mine', ", "edited"),
        (FLAG, FLAG[:-1] + b", default=3)", "damaged"),
        (FLAG + b"  # eloss\n", b"", "restored"),
        (FLAG + b"  # eloss\n", b"# mine\n", "changed"),
    ],
)
def test_what_became_of_a_file(patched, old, new, state):
    edit(patched / SCRIPT_PATH, old, new)
    assert states(patched)[SCRIPT_PATH] == state
    assert state_of(patched).is_applied == (state == "edited")


def test_a_file_that_is_gone_is_missing(patched):
    (patched / SCRIPT_PATH).unlink()
    assert states(patched)[SCRIPT_PATH] == "missing"
    assert state_of(patched).sets[0].state == "drifted"


def test_the_commit_is_told(checkout):
    commit_all(checkout)
    found = state_of(checkout)
    assert found.version_control == "git"
    assert found.commit == git(checkout, "rev-parse", "HEAD").strip()


def test_git_stash_and_its_way_back(checkout):
    commit_all(checkout)
    apply(checkout, SHAPER)
    patched = content(checkout)
    git(checkout, "stash")
    assert state_of(checkout).sets[0].state == "reverted outside"
    git(checkout, "stash", "pop")
    assert state_of(checkout).sets[0].state == "applied"
    assert content(checkout) == patched


def test_another_branch_is_named_and_nothing_is_lost(checkout):
    commit_all(checkout)
    git(checkout, "checkout", "-q", "-b", "next")
    edit(checkout / SCRIPT_PATH, b"print(", b"print('next', ")
    git(checkout, "commit", "-q", "-am", "next")
    git(checkout, "checkout", "-q", "main")
    apply(checkout, SHAPER)
    git(checkout, "commit", "-q", "-am", "patched")
    git(checkout, "checkout", "-q", "next")
    assert state_of(checkout).sets[0].state == "reverted outside"
    assert states(checkout)[SCRIPT_PATH] == "changed"
    assert apply(checkout, SHAPER).outcome == "applied again"
    revert(checkout, "shaper", SHAPER)
    assert git(checkout, "status", "--porcelain") == ""


def test_a_rebase_over_committed_lines_keeps_them_known(checkout):
    commit_all(checkout)
    git(checkout, "checkout", "-q", "-b", "mine")
    apply(checkout, SHAPER)
    git(checkout, "commit", "-q", "-am", "patched")
    git(checkout, "checkout", "-q", "main")
    edit(checkout / MODEL_PATH, b'"""Shapes', b'# from above\n"""Shapes')
    git(checkout, "commit", "-q", "-am", "upstream")
    git(checkout, "checkout", "-q", "mine")
    git(checkout, "rebase", "-q", "main")
    assert states(checkout) == {MODEL_PATH: "edited", SCRIPT_PATH: "applied"}
    revert(checkout, "shaper", SHAPER)
    assert (checkout / MODEL_PATH).read_bytes() == FILES[MODEL_PATH].replace(
        b'"""Shapes', b'# from above\n"""Shapes'
    )


@pytest.fixture
def clone(tmp_path):
    """A clone, patched, of a repository that goes on."""
    commit_all(make(tmp_path / "home"))
    git(tmp_path, "clone", "-q", "home", "clone")
    apply(tmp_path / "clone", SHAPER)
    return tmp_path / "clone"


def goes_on(clone, path, old, new) -> None:
    edit(clone.parent / "home" / path, old, new)
    git(clone.parent / "home", "commit", "-q", "-am", "more")


def test_a_pull_of_other_files_leaves_it_applied(clone):
    goes_on(clone, "notes.txt", b"mine", b"ours")
    git(clone, "pull", "-q", "--ff-only")
    assert (clone / "notes.txt").read_bytes() == b"ours\n"
    assert state_of(clone).sets[0].state == "applied"
    assert state_of(clone).commit == git(clone, "rev-parse", "HEAD").strip()


def test_a_pull_of_a_patched_file_is_git_s_to_refuse(clone):
    patched = content(clone)
    goes_on(clone, SCRIPT_PATH, b"print(", b"print('next', ")
    with pytest.raises(subprocess.CalledProcessError):
        git(clone, "pull", "-q", "--ff-only")
    assert content(clone) == patched
    assert state_of(clone).sets[0].state == "applied"


def test_a_pull_that_puts_the_lines_back_on_top_is_told_and_reverts(clone):
    goes_on(clone, SCRIPT_PATH, b"import argparse", b"import os, argparse")
    git(clone, "pull", "-q", "--rebase", "--autostash")
    assert states(clone) == {MODEL_PATH: "applied", SCRIPT_PATH: "edited"}
    revert(clone, "shaper", SHAPER)
    assert git(clone, "status", "--porcelain") == ""


def test_a_formatter_that_ran_is_told(patched):
    edit(patched / SCRIPT_PATH, b"'--width'", b'"--width"')
    assert states(patched)[SCRIPT_PATH] == "edited"
    edit(patched / MODEL_PATH, b"0 * sum(noise)  # eloss", b"0*sum(noise)  # eloss")
    assert states(patched)[MODEL_PATH] == "damaged"
    assert state_of(patched).sets[0].state == "drifted"
