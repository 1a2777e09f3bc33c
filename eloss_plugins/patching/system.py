"""Every system call with which a checkout is read or changed, through one door.

Tests replace `invoke` to make any of these calls fail, or to die at it. Names are always
relative to an open folder, and no call follows a link.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

_KEEP_OUT = os.O_NOFOLLOW | os.O_CLOEXEC
PRIVATE = 0o600  # of an unfinished file; it gets its real mode before it is put in place
CHUNK_BYTES = 1 << 20


def invoke(call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """`call(*arguments, **options)`; the place where tests put their faults."""
    return call(*arguments, **options)


def open_folder(name: str, within: int | None = None) -> int:
    """Handle of a folder."""
    return int(invoke(os.open, name, os.O_RDONLY | os.O_DIRECTORY | _KEEP_OUT, dir_fd=within))


def open_file(name: str, within: int) -> int:
    """Handle for reading; a pipe or a device does not block."""
    return int(invoke(os.open, name, os.O_RDONLY | os.O_NONBLOCK | _KEEP_OUT, dir_fd=within))


def create(name: str, within: int) -> int:
    """Handle for writing a file that must not be there yet."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _KEEP_OUT
    return int(invoke(os.open, name, flags, PRIVATE, dir_fd=within))


def open_lock(name: str, within: int) -> int:
    """Handle for reading and writing a file, made if it is not there."""
    return int(invoke(os.open, name, os.O_RDWR | os.O_CREAT | _KEEP_OUT, 0o666, dir_fd=within))


def read_all(handle: int) -> bytes:
    """What is left to read."""
    return b"".join(chunks(handle))


def chunks(handle: int) -> Iterator[bytes]:
    """What is left to read, part by part."""
    while part := invoke(os.read, handle, CHUNK_BYTES):
        yield part


def write_all(handle: int, data: bytes) -> None:
    """Write every byte, however few of them the system takes at a time."""
    rest = memoryview(data)
    while rest:
        rest = rest[invoke(os.write, handle, rest) :]


def sync(handle: int) -> None:
    """Flush a file, or the entries of a folder, to the disk."""
    invoke(os.fsync, handle)


def rename(old: str, new: str, old_within: int, new_within: int) -> None:
    """Put `old` in the place of `new` in one step."""
    invoke(os.rename, old, new, src_dir_fd=old_within, dst_dir_fd=new_within)


def link(old: str, new: str, old_within: int, new_within: int) -> None:
    """Give a file a second name."""
    folders = {"src_dir_fd": old_within, "dst_dir_fd": new_within}
    invoke(os.link, old, new, follow_symlinks=False, **folders)


def unlink(name: str, within: int) -> None:
    """Take a name away."""
    invoke(os.unlink, name, dir_fd=within)


def make_folder(name: str, within: int) -> None:
    """A new folder."""
    invoke(os.mkdir, name, dir_fd=within)


def remove_folder(name: str, within: int) -> None:
    """Remove an empty folder."""
    invoke(os.rmdir, name, dir_fd=within)


def set_mode(handle: int, mode: int) -> None:
    """Permissions, whatever the process's mask."""
    invoke(os.fchmod, handle, mode)


def set_owner(handle: int, user: int, group: int) -> None:
    """Owner and group."""
    invoke(os.fchown, handle, user, group)


def set_times(handle: int, accessed: int, modified: int) -> None:
    """Times in nanoseconds."""
    invoke(os.utime, handle, ns=(accessed, modified))


def set_attribute(handle: int, name: str, value: bytes) -> None:
    """An extended attribute; access control lists are such."""
    invoke(os.setxattr, handle, name, value)
