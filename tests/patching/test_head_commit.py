import shutil
import subprocess

import pytest

from eloss_plugins.patching.head_commit import head_commit

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


@pytest.fixture
def repository(tmp_path):
    git(tmp_path, "init", "-q", "main")
    git(tmp_path / "main", "commit", "-q", "--allow-empty", "-m", "one")
    return tmp_path / "main"


def git(folder, *arguments) -> str:
    name = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    command = ["git", *name, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def head(folder) -> str:
    return git(folder, "rev-parse", "HEAD").strip()


def test_branch_and_packed_branch_and_detached_head(repository):
    expected = head(repository)
    assert head_commit(repository) == expected
    git(repository, "pack-refs", "--all")
    assert head_commit(repository) == expected
    git(repository, "checkout", "-q", "--detach")
    assert head_commit(repository) == expected


def test_work_tree_is_followed(repository):
    git(repository, "worktree", "add", "-q", "../other")
    git(repository.parent / "other", "commit", "-q", "--allow-empty", "-m", "two")
    assert head_commit(repository.parent / "other") == head(repository.parent / "other")
    assert head_commit(repository) == head(repository) != head(repository.parent / "other")


def test_without_a_commit_or_git_there_is_none(tmp_path):
    assert head_commit(tmp_path) is None
    git(tmp_path, "init", "-q")
    assert head_commit(tmp_path) is None
    (tmp_path / ".git" / "HEAD").write_bytes(b"\xff")
    assert head_commit(tmp_path) is None


def test_folder_inside_a_repository_is_not_that_repository(repository):
    (repository / "inside").mkdir()
    assert head_commit(repository / "inside") is None
