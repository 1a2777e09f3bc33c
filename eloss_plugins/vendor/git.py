"""Running git: without a shell, without questions, in no repository but the one that is named."""

import os
import re
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from eloss_plugins.errors import EnvironmentProblem

PROTOCOLS = ("file", "git", "http", "https", "ssh")
"""Ways to fetch that run no program named by the address."""

FIXED = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": ":".join(PROTOCOLS),
    "GIT_HTTP_LOW_SPEED_LIMIT": "1000",  # bytes a second
    "GIT_HTTP_LOW_SPEED_TIME": "60",  # seconds until git gives up
}
FALLBACK = {"GIT_SSH_COMMAND": "ssh -oBatchMode=yes -oConnectTimeout=30"}
KEPT = ("GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSL_", "GIT_PROXY_", "GIT_TRACE", "GIT_EXEC_PATH")
"""What of the caller's own settings is about the machine and not about one repository."""

SECRET = re.compile(r"(?<=://)[^/@\s]*@")
"""Name and password in an address."""

OPTIONS = ("-c", f"core.hooksPath={os.devnull}", "-c", "core.autocrlf=false")


class GitFailed(Exception):
    """git answered with an error.

    Attributes:
        code: exit status.
        cause: what it said last, on one line.
    """

    def __init__(self, code: int, cause: str) -> None:
        super().__init__(cause)
        self.code, self.cause = code, cause


def git(words: Sequence[str], folder: Path, given: bytes = b"") -> bytes:
    """What `git WORDS` prints when it runs in `folder` and is given some bytes.

    An interrupt ends git and everything that it started before it goes on.

    Raises:
        GitFailed: git ended with an error.
        EnvironmentProblem: there is no git.
    """
    with _start(words, folder) as process:
        try:
            out, error = process.communicate(given)
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
    if process.returncode:
        raise GitFailed(process.returncode, cause_in(error.decode("utf-8", "replace")))
    return out


def _start(words: Sequence[str], folder: Path) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(
            ["git", *OPTIONS, *words],
            cwd=folder,
            env=environment(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            process_group=0,
        )
    except FileNotFoundError as missing:
        if not folder.is_dir():
            raise
        raise EnvironmentProblem(
            "the program git is needed and not installed. Install it, or name a folder that holds "
            "the upstream's files with --from"
        ) from missing


def environment(outer: "os._Environ[str] | dict[str, str]") -> dict[str, str]:
    """The caller's environment but for what ties git to another repository."""
    kept = {k: v for k, v in outer.items() if not k.startswith("GIT_") or k.startswith(KEPT)}
    return FALLBACK | kept | FIXED


def cause_in(error: str) -> str:
    """The line of git's complaint that says most."""
    lines = [line.strip() for line in error.splitlines() if line.strip()]
    told = [line for line in lines if line.lower().startswith(("fatal:", "error:"))]
    last = (told or lines or ["it said nothing"])[-1]
    return SECRET.sub("", last.removeprefix("fatal:").removeprefix("error:").strip())
