"""What a replaced file keeps besides its bytes: owner, mode, attributes, and a fresh time."""

import errno
import os
import stat
import struct
from collections.abc import Iterator
from contextlib import suppress

from eloss_plugins.patching import system

UNSUPPORTED = frozenset(
    {errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
)
"""Errors with which a file system says that it has no such thing."""

_HEADER = struct.Struct("<4xIII")  # of a .pyc: magic number, flags, mtime, size (PEP 552)
_SECOND = 10**9
_WORD = 0xFFFFFFFF


def take_over(source: int, target: int, path: str) -> list[str]:
    """Give the open file `target` the owner, attributes and mode of `source`.

    Returns:
        Sentences about what could not be taken over.
    """
    status = os.fstat(source)
    notes = [*_take_owner(status, target, path), *_take_attributes(source, target, path)]
    system.set_mode(target, stat.S_IMODE(status.st_mode))  # last: a new owner clears bits
    return notes


def take_over_times(source: int, target: int) -> None:
    """Give the open file `target` the times of `source`."""
    status = os.fstat(source)
    system.set_times(target, status.st_atime_ns, status.st_mtime_ns)


def avoid_stale_bytecode(source: int, target: int, folder: int, name: str) -> None:
    """Move `target`'s time on while Python would take older bytecode of `name` for its own.

    Python compares whole seconds and the size only: an edit within one second that keeps the
    size would not be seen.
    """
    status, old = os.fstat(target), os.fstat(source)
    taken = {(old.st_mtime_ns // _SECOND & _WORD, old.st_size & _WORD), *_compiled(folder, name)}
    second = status.st_mtime_ns // _SECOND
    while (second & _WORD, status.st_size & _WORD) in taken:
        second += 1
    if second != status.st_mtime_ns // _SECOND:
        system.set_times(target, status.st_atime_ns, second * _SECOND)


def _take_owner(status: os.stat_result, target: int, path: str) -> Iterator[str]:
    made = os.fstat(target)
    if (made.st_uid, made.st_gid) == (status.st_uid, status.st_gid):
        return
    try:
        system.set_owner(target, status.st_uid, status.st_gid)
    except OSError as problem:
        if problem.errno not in UNSUPPORTED:
            raise
        yield f"{path} now belongs to you: its owner could not be kept"


def _take_attributes(source: int, target: int, path: str) -> Iterator[str]:
    if not hasattr(os, "listxattr"):  # Linux alone
        return
    lost: list[str] = []
    for name in _attributes(source):
        try:
            system.set_attribute(target, name, os.getxattr(source, name))
        except OSError as problem:
            if problem.errno not in UNSUPPORTED:
                raise
            lost.append(name)
    if lost:
        yield f"{path} lost the extended attributes {', '.join(lost)}"


def _attributes(source: int) -> list[str]:
    try:
        return os.listxattr(source)
    except OSError:  # a file system without any
        return []


def _compiled(folder: int, name: str) -> Iterator[tuple[int, int]]:
    """Time and size of the source that each bytecode file of `name` was made from."""
    stem = name.removesuffix(".py")
    with suppress(OSError):
        cache = system.open_folder("__pycache__", folder)
        try:
            for entry in os.listdir(cache):
                if entry.startswith(f"{stem}.") and entry.endswith(".pyc"):
                    yield from _header(cache, entry)
        finally:
            os.close(cache)


def _header(cache: int, name: str) -> Iterator[tuple[int, int]]:
    with suppress(OSError):
        handle = system.open_file(name, cache)
        try:
            head = os.read(handle, _HEADER.size)
        finally:
            os.close(handle)
        if len(head) == _HEADER.size:
            flags, seconds, size = _HEADER.unpack(head)
            if not flags:
                yield seconds, size
