"""A checkout held open: files below it, reached component by component, never through a link."""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from eloss_plugins.errors import Refused
from eloss_plugins.patching import metadata, system
from eloss_plugins.patching.source import MAX_BYTES

_NOT_WALKABLE = (errno.ELOOP, errno.ENOTDIR)


def digest(data: bytes) -> str:
    """SHA-256 of a file's bytes."""
    return hashlib.sha256(data).hexdigest()


def folder_of(path: str) -> str:
    """The folder that `path` is in; empty for the root."""
    return path.rpartition("/")[0]


class OpenTree:
    """An open folder; every path is relative to it, with slashes, and free of links.

    Raises:
        Refused: from any method, where a path leads through a link or to no regular file.
        OSError: from any method.
    """

    def __init__(self, root: Path) -> None:
        self._handle = system.open_folder(os.fspath(root))

    def __enter__(self) -> "OpenTree":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._handle)

    def read(self, path: str) -> bytes | None:
        """The bytes of the file at `path`; None where nothing is.

        Raises:
            Refused: it is larger than a source may be.
        """
        with suppress(FileNotFoundError), self._regular(path) as handle:
            if (size := os.fstat(handle).st_size) > MAX_BYTES:
                raise Refused(
                    f"{path}: expected at most {MAX_BYTES} bytes; got {size}; nothing was changed. "
                    "Put the source file back"
                )
            return system.read_all(handle)
        return None

    def digest(self, path: str) -> str | None:
        """SHA-256 of the file at `path`, of any size; None where nothing is."""
        with suppress(FileNotFoundError), self._regular(path) as handle:
            found = hashlib.sha256()
            for part in system.chunks(handle):
                found.update(part)
            return found.hexdigest()
        return None

    @contextmanager
    def _regular(self, path: str) -> Iterator[int]:
        with self.parent(path) as (folder, name), _opened(name, folder) as handle:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise Refused(
                    f"{path} is not a regular file; nothing was changed. Put the source file back"
                )
            yield handle

    def exists(self, path: str) -> bool:
        """Whether anything stands at `path`."""
        with suppress(FileNotFoundError), self.parent(path) as (folder, name):
            os.stat(name, dir_fd=folder, follow_symlinks=False)
            return True
        return False

    def age(self, path: str) -> tuple[int, int] | None:
        """Changes when an entry of a folder comes or goes; None where nothing is."""
        with suppress(FileNotFoundError), self.parent(path) as (folder, name):
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            return status.st_ino, status.st_mtime_ns
        return None

    def names(self, folder: str) -> list[str]:
        """What stands in a folder, sorted; empty where there is none."""
        with suppress(FileNotFoundError), self.parent(f"{folder}/.") as (handle, _):
            return sorted(os.listdir(handle))
        return []

    def create(self, path: str, data: bytes, like: str | None, mode: int) -> list[str]:
        """A new file with all its bytes on the disk.

        Args:
            path: nothing may stand there.
            data: its bytes.
            like: file whose owner, mode and attributes it takes; None for `mode` alone.
            mode: permissions where there is no `like`.

        Returns:
            Sentences about what could not be taken over.
        """
        notes: list[str] = []
        with self.parent(path) as (folder, name), _created(name, folder) as handle:
            system.write_all(handle, data)
            if like is None:
                system.set_mode(handle, mode)
            else:
                notes = self._take_over(like, handle)
            system.sync(handle)
        return notes

    def _take_over(self, like: str, handle: int) -> list[str]:
        with self.parent(like) as (folder, name), _opened(name, folder) as source:
            notes = metadata.take_over(source, handle, like)
            metadata.avoid_stale_bytecode(source, handle, folder, name)
        return notes

    def keep(self, path: str, place: str) -> None:
        """Give the file at `path` a second name at `place`; where links cannot be, a copy."""
        try:
            with self.parent(path) as (old, name), self.parent(place) as (new, kept):
                system.link(name, kept, old, new)
        except OSError as problem:
            if problem.errno not in metadata.UNSUPPORTED:
                raise
            self._copy(path, place)

    def _copy(self, path: str, place: str) -> None:
        with self.parent(path) as (old, name), _opened(name, old) as source:
            data = system.read_all(source)
            with self.parent(place) as (new, kept), _created(kept, new) as handle:
                system.write_all(handle, data)
                metadata.take_over(source, handle, path)
                metadata.take_over_times(source, handle)
                system.sync(handle)

    def rename(self, old: str, new: str) -> None:
        """Put the file `old` in the place of `new` in one step."""
        with self.parent(old) as (source, name), self.parent(new) as (target, final):
            system.rename(name, final, source, target)

    def remove(self, path: str) -> None:
        """Take the file away if it is there."""
        with suppress(FileNotFoundError), self.parent(path) as (folder, name):
            system.unlink(name, folder)

    def make_folder(self, path: str) -> None:
        """A folder, unless it is there."""
        with suppress(FileExistsError), self.parent(path) as (folder, name):
            system.make_folder(name, folder)

    def remove_folder(self, path: str) -> None:
        """Take a folder away if it is there; an error if it is not empty."""
        with suppress(FileNotFoundError), self.parent(path) as (folder, name):
            system.remove_folder(name, folder)

    def sync(self, folder: str) -> None:
        """Flush the entries of a folder (`""` for the root) to the disk."""
        with self.parent(f"{folder}/." if folder else ".") as (handle, _):
            system.sync(handle)

    @contextmanager
    def parent(self, path: str) -> Iterator[tuple[int, str]]:
        """Handle of the folder that `path` is in, and its name there."""
        *folders, name = path.split("/")
        handle = os.dup(self._handle)
        try:
            for folder in folders:
                below = system.open_folder(folder, handle)
                os.close(handle)
                handle = below
            yield handle, name
        except OSError as problem:
            if problem.filename in (None, name):
                problem.filename = path  # for the message
            if problem.errno in _NOT_WALKABLE:
                raise Refused(
                    f"{path} leads through a link, or through something that is no folder; "
                    "nothing was changed. Put a folder of files there"
                ) from problem
            raise
        finally:
            os.close(handle)


@contextmanager
def _opened(name: str, folder: int) -> Iterator[int]:
    handle = system.open_file(name, folder)
    try:
        yield handle
    finally:
        os.close(handle)


@contextmanager
def _created(name: str, folder: int) -> Iterator[int]:
    handle = system.create(name, folder)
    try:
        yield handle
    finally:
        os.close(handle)
