"""Reading files of a checkout without being led out of it."""

import os
import stat
from pathlib import Path

from eloss_plugins.errors import EnvironmentProblem, Refused
from eloss_plugins.patching.paths import check_name
from eloss_plugins.patching.source import MAX_BYTES


def read(checkout: Path, path: str) -> bytes | None:
    """The bytes of a file below the checkout, or None when there is nothing of that name.

    Raises:
        Refused: its name is not one that a patch set may use, it leads out of the checkout, is no
            regular file, or too large to be source.
        EnvironmentProblem: it cannot be read.
    """
    check_name(path)
    root = checkout.resolve()
    try:
        target = (root / path).resolve(strict=True)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, RuntimeError) as error:
        raise Refused(f"{path}: cannot be followed: {error}") from None
    if not target.is_relative_to(root):
        raise Refused(f"{path}: leads out of {checkout}")
    try:
        return _bytes(path, target)
    except OSError as error:
        raise EnvironmentProblem(f"{path}: cannot be read: {error.strerror}") from None


def _bytes(path: str, target: Path) -> bytes:
    """Looks before it opens, for sockets, and again after, for what was put there meanwhile."""
    _check(path, target.stat())
    handle = os.open(target, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        _check(path, os.fstat(handle))
        with open(handle, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(handle)


def _check(path: str, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise Refused(f"{path}: is no regular file")
    if status.st_size > MAX_BYTES:
        raise Refused(f"{path}: expected at most {MAX_BYTES} bytes; got {status.st_size}")
