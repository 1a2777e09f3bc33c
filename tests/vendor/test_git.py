import os
import signal
import time

import pytest

from eloss_plugins.errors import EnvironmentProblem
from eloss_plugins.vendor.git import GitFailed, cause_in, environment, git


def test_a_failure_has_a_code_and_a_cause(tmp_path):
    with pytest.raises(GitFailed) as failed:
        git(["rev-parse", "HEAD"], tmp_path)
    assert failed.value.code == 128
    assert "not a git repository" in failed.value.cause


def test_without_git_the_user_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentProblem, match="program git is needed and not installed"):
        git(["version"], tmp_path)


def test_what_ties_git_to_a_repository_is_left_out():
    outer = {"PATH": "/bin", "GIT_DIR": "x", "GIT_INDEX_FILE": "x", "GIT_SSH_COMMAND": "mine"}
    inner = environment(outer)
    assert inner["PATH"] == "/bin"
    assert inner["GIT_SSH_COMMAND"] == "mine"
    assert inner["GIT_TERMINAL_PROMPT"] == "0"
    assert not {"GIT_DIR", "GIT_INDEX_FILE"} & set(inner)


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ("warning: a\nfatal: b\nhint: c\n", "b"),
        ("", "it said nothing"),
        ("ssh: no route\n", "ssh: no route"),
        ("fatal: 'https://a:b@c.d/': no", "'https://c.d/': no"),
    ],
)
def test_the_cause_is_the_line_that_says_most(error, cause):
    assert cause_in(error) == cause


def test_an_interrupt_ends_git_and_what_it_started(tmp_path, monkeypatch):
    fake, pid = tmp_path / "git", tmp_path / "pid"
    fake.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {pid}\nwait\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    def interrupt(*_):
        if pid.exists() and pid.read_text().endswith("\n"):
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
        with pytest.raises(KeyboardInterrupt):
            git(["fetch"], tmp_path)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert ends(int(pid.read_text()))


def ends(pid: int) -> bool:
    """Whether a process is gone, or waits to be collected, within ten seconds."""
    for _ in range(200):
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False
