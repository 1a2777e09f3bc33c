"""One process at a time in a checkout; a lock dies with its process."""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from eloss_plugins.errors import EnvironmentProblem
from eloss_plugins.patching import housekeeping, own_folder, system
from eloss_plugins.patching.open_tree import OpenTree
from eloss_plugins.patching.own_folder import FOLDER, LOCK

PATIENCE = 10.0  # seconds
PAUSE = 0.05
_HELD = (errno.EWOULDBLOCK, errno.EACCES)
_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)
"""File systems without locks: the checks before each rename still keep files whole."""


@contextmanager
def locked(root: Path, patience: float | None = None) -> Iterator[OpenTree]:
    """The checkout, opened for this process alone; `.eloss` is there inside the block.

    Args:
        root: the checkout.
        patience: seconds to wait for another process; `PATIENCE` by default.

    Raises:
        EnvironmentProblem: another process kept the lock; the message names it.
        Refused: `.eloss` is not ours.
    """
    with OpenTree(root) as tree:
        own_folder.check(tree)
        handle = _acquire_or_leave(
            tree, time.monotonic() + (PATIENCE if patience is None else patience)
        )
        try:
            system.invoke(os.ftruncate, handle, 0)
            system.write_all(handle, str(os.getpid()).encode())
            own_folder.begin(tree)
            yield tree
        finally:
            _release(tree, handle)


def holder(tree: OpenTree) -> int | None:
    """Process that holds the lock now, 0 if it did not say; None if nobody does."""
    with suppress(FileNotFoundError), tree.parent(LOCK) as (folder, name):
        handle = system.open_file(name, folder)
        try:
            return _pid(handle) if not _try(handle, fcntl.LOCK_SH) else None
        finally:
            os.close(handle)
    return None


def wait(tree: OpenTree, patience: float | None = None) -> None:
    """Return when nobody holds the lock.

    Raises:
        EnvironmentProblem: somebody kept it.
    """
    deadline = time.monotonic() + (PATIENCE if patience is None else patience)
    while holder(tree) is not None:
        _check_deadline(tree, deadline)
        time.sleep(PAUSE)


def _acquire_or_leave(tree: OpenTree, deadline: float) -> int:
    try:
        return _acquire(tree, deadline)
    except BaseException:
        own_folder.remove_if_empty(tree)
        raise


def _acquire(tree: OpenTree, deadline: float) -> int:
    while True:
        with suppress(FileNotFoundError):  # the folder went with its last user: once more
            tree.make_folder(FOLDER)
            handle = _open_and_try(tree)
            if handle is not None:
                return handle
        _check_deadline(tree, deadline)
        time.sleep(PAUSE)


def _check_deadline(tree: OpenTree, deadline: float) -> None:
    if time.monotonic() > deadline:
        raise EnvironmentProblem(
            f"process {holder(tree) or '(unknown)'} is changing this checkout; nothing was done. "
            "Try again when it has ended"
        )


def _open_and_try(tree: OpenTree) -> int | None:
    with tree.parent(LOCK) as (folder, name):
        handle = system.open_lock(name, folder)
        if not (_try(handle, fcntl.LOCK_EX) and _is_current(handle, folder, name)):
            os.close(handle)
            return None
        return handle


def _try(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except OSError as problem:
        if problem.errno in _HELD:
            return False
        if problem.errno not in _NO_LOCKS:
            raise
    return True


def _is_current(handle: int, folder: int, name: str) -> bool:
    """Whether the locked file is still the one that goes by the name: its owner removes it."""
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(handle), os.stat(name, dir_fd=folder))
    return False


def _release(tree: OpenTree, handle: int) -> None:
    try:
        with suppress(OSError):
            housekeeping.tidy(tree)
            own_folder.leave(tree)
    finally:
        os.close(handle)


def _pid(handle: int) -> int:
    try:
        return int(os.pread(handle, 32, 0))
    except ValueError:
        return 0
