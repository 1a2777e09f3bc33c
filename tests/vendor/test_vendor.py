import os
import shutil
import stat
from pathlib import Path

import pytest

from eloss_plugins.errors import EnvironmentProblem, Refused, UsageError
from eloss_plugins.patching.paths import checkout_folder
from eloss_plugins.patching.revert import revert
from eloss_plugins.vendor import vendor as module
from tests.vendor.conftest import PATCHED, SCRIPT, WEIGHTS, git

NO_COMMIT = "0123456789" * 4


def snapshot(upstream: Path, blob_of: str) -> None:
    """Take one file's contents out of the repository, as archives of source code do."""
    blob = git(upstream, "rev-parse", f"HEAD~1:{blob_of}")
    (upstream / ".git" / "objects" / blob[:2] / blob[2:]).unlink()


def test_a_clone_is_brought_at_the_pinned_commit_and_patched(bring, upstream):
    made = bring(upstream)
    assert (made.folder / "train.py").read_text() == PATCHED
    assert (made.is_verified, made.applied.files, made.notes) == (True, ("train.py",), ())
    assert git(made.folder, "rev-parse", "HEAD") == made.commit
    assert git(made.folder, "status", "--porcelain") == "M train.py"


def test_files_are_those_of_the_commit_with_modes_and_links(bring, upstream):
    folder = bring(upstream).folder
    assert (folder / "data" / "weights é.bin").read_bytes() == WEIGHTS
    assert os.readlink(folder / "latest") == "train.py"
    assert (folder / "run.sh").stat().st_mode & stat.S_IXUSR


def test_a_bare_repository_will_do(bring, upstream, tmp_path):
    git(tmp_path, "clone", "-q", "--bare", str(upstream), "bare.git")
    assert bring(tmp_path / "bare.git").is_verified
    assert git(bring.into, "remote", "get-url", "origin") == str(tmp_path / "bare.git")


def test_an_address_of_a_file_is_a_path(bring, upstream):
    assert bring(f"file://{upstream}").is_verified


def test_changes_that_are_not_committed_are_not_brought(bring, upstream):
    (upstream / "train.py").write_text("changed")
    (upstream / "new.py").write_text("")
    folder = bring(upstream).folder
    assert (folder / "train.py").read_text() == PATCHED
    assert not (folder / "new.py").exists()


def test_a_folder_of_files_is_copied_and_said_to_be_unverified(bring, upstream, tmp_path):
    git(upstream, "checkout", "-q", "HEAD~1")
    shutil.rmtree(upstream / ".git")
    made = bring(upstream)
    assert not made.is_verified
    assert "is no repository: whether its files are those of commit" in made.notes[0]
    assert (made.folder / "train.py").read_text() == PATCHED
    assert os.readlink(made.folder / "latest") == "train.py"
    assert (upstream / "train.py").read_text() == SCRIPT


def test_the_patch_is_recorded_in_the_folder_where_it_ends_up(bring, upstream, patch_set):
    folder = bring(upstream).folder
    revert(checkout_folder(folder), "toy", patch_set)
    assert (folder / "train.py").read_text() == SCRIPT
    assert git(folder, "status", "--porcelain") == ""


def test_a_repository_without_some_file_is_brought_without_it(bring, upstream):
    snapshot(upstream, "data/weights é.bin")
    made = bring(upstream)
    assert made.notes == (
        f"files that {upstream} does not have are missing: 1 (data/weights é.bin)",
    )
    assert not (made.folder / "data").exists()
    assert (made.folder / "train.py").read_text() == PATCHED
    assert git(made.folder, "status", "--porcelain") == "M train.py"


def test_a_file_that_is_not_what_the_commit_says_is_refused(bring, upstream):
    other = git(upstream, "hash-object", "-w", "data/weights é.bin")
    wanted = git(upstream, "rev-parse", "HEAD~1:run.sh")
    objects = upstream / ".git" / "objects"
    (objects / wanted[:2] / wanted[2:]).unlink()
    shutil.copyfile(objects / other[:2] / other[2:], objects / wanted[:2] / wanted[2:])
    with pytest.raises((Refused, EnvironmentProblem)):
        bring(upstream)
    assert not bring.into.exists()


def test_a_commit_that_is_not_there_is_refused(bring, upstream):
    with pytest.raises(Refused, match=f"does not have commit {NO_COMMIT}; nothing was changed"):
        bring(upstream, commit=NO_COMMIT)
    assert list(bring.into.parent.iterdir()) == []


def test_places_that_are_not_found_are_refused_and_nothing_is_left(bring, upstream, tmp_path):
    shutil.rmtree(upstream / ".git")
    (upstream / "train.py").write_text("pass\n")
    with pytest.raises(Refused, match="train.py"):
        bring(upstream)
    assert list(bring.into.parent.iterdir()) == []


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_an_interrupt_leaves_nothing(bring, upstream, monkeypatch, interrupt):
    def interrupted(*_):
        raise interrupt

    monkeypatch.setattr(module, "apply", interrupted)
    with pytest.raises(type(interrupt) if isinstance(interrupt, OSError) else interrupt):
        bring(upstream)
    assert list(bring.into.parent.iterdir()) == []


def test_an_empty_folder_is_filled(bring, upstream):
    bring.into.mkdir(parents=True)
    assert bring(upstream).folder == bring.into


def test_what_is_there_stays(bring, upstream):
    bring.into.mkdir(parents=True)
    (bring.into / "mine.py").write_text("mine")
    with pytest.raises(Refused, match="is not empty; nothing was changed"):
        bring(upstream)
    assert [path.name for path in bring.into.iterdir()] == ["mine.py"]


@pytest.mark.parametrize("make", [Path.touch, lambda path: path.symlink_to("nowhere")])
def test_what_is_no_folder_stays(bring, upstream, make):
    bring.into.parent.mkdir()
    make(bring.into)
    with pytest.raises(Refused, match="is no folder"):
        bring(upstream)


def test_a_place_within_the_origin_is_refused(patch_set, upstream):
    with pytest.raises(UsageError, match="lies within"):
        module.vendor(patch_set, module.Origin("folder", str(upstream)), upstream / "data" / "new")


def test_the_folder_at_hand_is_refused(patch_set, upstream):
    with pytest.raises(UsageError, match="is the folder at hand"):
        module.vendor(patch_set, module.Origin("repository", str(upstream)), Path("."))


def test_hooks_and_line_ends_of_the_users_settings_do_not_reach_the_clone(bring, upstream, home):
    hook = home / "hooks" / "post-checkout"
    hook.parent.mkdir()
    hook.write_text(f"#!/bin/sh\ntouch {home}/ran\n")
    hook.chmod(0o755)
    (home / ".gitconfig").write_text(f"[core]\nhooksPath = {hook.parent}\nautocrlf = true\n")
    assert (bring(upstream).folder / "train.py").read_bytes() == PATCHED.encode()
    assert not (home / "ran").exists()


def test_a_repository_that_the_command_runs_in_does_not_matter(bring, upstream, monkeypatch):
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    monkeypatch.setenv("GIT_WORK_TREE", "/nonexistent")
    assert bring(upstream).is_verified
