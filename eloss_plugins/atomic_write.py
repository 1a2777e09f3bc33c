"""Writing a file so that a reader, or a run that was killed, sees the old bytes or the new ones."""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

BUFFER_BYTES = 1 << 20
TEMPORARY = ".tmp"  # ends every unfinished file's name


def atomic_write(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Let `write` fill a temporary file beside `path`, then put it in place in one step.

    The data and the folder's entry are flushed to the disk before this returns; on any failure
    the temporary file is removed and `path` is as before.

    Raises:
        OSError: no space, no permission, no folder.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")
    try:
        _fill(temporary, write)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    sync_folder(path.parent)


def atomic_write_text(path: Path, text: str) -> None:
    """`atomic_write` of `text` as UTF-8."""
    atomic_write(path, lambda stream: _write_all(stream, text.encode()))


def remove_temporaries(folder: Path) -> None:
    """Remove what interrupted writes left in `folder`; the caller holds the folder's lock."""
    for leftover in folder.glob(f".*{TEMPORARY}"):
        with suppress(OSError):
            leftover.unlink()


def sync_folder(folder: Path) -> None:
    """Flush the folder's entries, where the system can."""
    with suppress(OSError), _opened(folder, os.O_RDONLY) as handle:
        os.fsync(handle)


def _fill(path: Path, write: Callable[[BinaryIO], None]) -> None:
    with _opened(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as handle:
        with io.BufferedWriter(_Sink(handle), BUFFER_BYTES) as stream:
            write(stream)
        os.fsync(handle)


def _write_all(stream: BinaryIO, data: bytes) -> None:
    stream.write(data)


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    handle = os.open(path, flags, 0o666)
    try:
        yield handle
    finally:
        os.close(handle)


class _Sink(io.RawIOBase):
    """Bytes to a file descriptor through `os.write`, where tests put their faults."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return os.write(self._handle, memoryview(data)[:BUFFER_BYTES])
