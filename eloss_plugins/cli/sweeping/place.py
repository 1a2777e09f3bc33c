"""The folder of a search, and which of the processes that work in it are alive."""

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from eloss_plugins.atomic_write import atomic_write_text

IDENTITY = ".sweep-id"
SITTINGS = "sittings"
CLAIMS = ".claims"


@dataclass(frozen=True)
class Place:
    """A folder, and the sitting of this process in it.

    A sitting is a file that its process holds locked; the system lets go when the process ends,
    however it ends. So another process sees at once, and without a clock, that it is gone.

    Attributes:
        folder: of the search.
        identity: of the folder, the same for every process and machine that shares it.
        sitting: of this process.
    """

    folder: Path
    identity: str
    sitting: str = field(default_factory=lambda: uuid.uuid4().hex)

    def run(self, name: str) -> Path:
        """Folder of a trial's run."""
        return self.folder / "trials" / name

    def is_alive(self, sitting: str) -> bool:
        """Whether the process of a sitting in this folder is there."""
        if sitting == self.sitting:
            return True
        try:
            handle = os.open(self._file(sitting), os.O_RDWR)
        except OSError:
            return False
        try:
            return not _taken(handle)
        finally:
            os.close(handle)

    def others(self) -> list[str]:
        """Living sittings beside this one."""
        found = (file.stem for file in (self.folder / SITTINGS).glob("*.lock"))
        return [name for name in found if name != self.sitting and self.is_alive(name)]

    @contextmanager
    def held(self) -> Iterator[None]:
        """Inside, this process is seen to be alive."""
        file = self._file(self.sitting)
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _taken(handle)
            yield
        finally:
            with suppress(OSError):
                file.unlink()
            os.close(handle)

    @contextmanager
    def claiming(self) -> Iterator[None]:
        """Inside, no other process of this folder claims a trial."""
        handle = os.open(self.folder / CLAIMS, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            with suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _file(self, sitting: str) -> Path:
        return self.folder / SITTINGS / f"{sitting}.lock"


def open_place(folder: Path) -> Place:
    """The place of a search, its identity made if it is new."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / IDENTITY
    handle = os.open(folder / CLAIMS, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        if not file.exists():
            atomic_write_text(file, uuid.uuid4().hex + "\n")
        return Place(folder, file.read_text("utf-8").strip())
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    """Take a lock; false where another process holds it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return False  # without locks nobody is known to be gone: the beats decide
    return True
