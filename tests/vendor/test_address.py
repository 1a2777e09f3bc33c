"""Addresses without a network: ssh is a script that runs the other end here."""

import pytest

from eloss_plugins.errors import EnvironmentProblem, Refused
from tests.vendor.conftest import PATCHED


@pytest.fixture
def address(tmp_path, upstream, monkeypatch) -> str:
    script = tmp_path / "ssh-here"
    script.write_text('#!/bin/sh\nfor word; do :; done\nexec sh -c "$word"\n')
    script.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(script))
    monkeypatch.setenv("GIT_SSH_VARIANT", "ssh")
    return f"ssh://somewhere{upstream}"


def test_the_commit_is_fetched_alone(bring, address):
    made = bring(address)
    assert made.is_verified
    assert (made.folder / "train.py").read_text() == PATCHED
    assert (made.folder / ".git" / "shallow").is_file()


def test_everything_is_fetched_where_commits_have_no_names(bring, address, home):
    (home / ".gitconfig").write_text("[protocol]\nversion = 0\n")
    made = bring(address)
    assert (made.folder / "train.py").read_text() == PATCHED
    assert not (made.folder / ".git" / "shallow").exists()


def test_a_commit_that_is_not_there_is_refused(bring, address, home):
    (home / ".gitconfig").write_text("[protocol]\nversion = 0\n")
    with pytest.raises(Refused, match="does not have commit 0{40}"):
        bring(address, commit="0" * 40)


@pytest.mark.parametrize("command", ["false", "/nonexistent/ssh"])
def test_an_address_that_cannot_be_reached_is_one_sentence(bring, address, monkeypatch, command):
    monkeypatch.setenv("GIT_SSH_COMMAND", command)
    with pytest.raises(EnvironmentProblem) as problem:
        bring(address)
    assert "could not be fetched" in str(problem.value)
    assert "name that clone with --from" in str(problem.value)
    assert "\n" not in str(problem.value)
    assert list(bring.into.parent.iterdir()) == []


def test_passwords_are_not_shown(bring, address, monkeypatch):
    monkeypatch.setenv("GIT_SSH_COMMAND", "false")
    with pytest.raises(EnvironmentProblem) as problem:
        bring(address.replace("ssh://", "ssh://me:secret@"))
    assert "secret" not in str(problem.value)
