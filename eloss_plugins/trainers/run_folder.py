"""The files of a run, and the lock that keeps a second run out."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from eloss_plugins.errors import EnvironmentProblem

RESULTS = ("samples.sdf", "evaluation.json", "report.html")
"""What commands make of a run and leave in its folder."""

CURVE = "curve"
"""Folder of molecules from the checkpoints along the way, and of their evaluations."""


@dataclass(frozen=True)
class RunFolder:
    """Where a run keeps its files."""

    path: Path

    @property
    def config(self) -> Path:
        """Resolved settings, versions, elements, sizes."""
        return self.path / "config.json"

    @property
    def metrics(self) -> Path:
        """One JSON object a line."""
        return self.path / "metrics.jsonl"

    @property
    def checkpoints(self) -> Path:
        """The folder of checkpoints."""
        return self.path / "checkpoints"

    @property
    def holds_run(self) -> bool:
        """True if a run has begun here."""
        return self.config.exists() or any(self.checkpoints.glob("step-*.pt"))

    def clear(self) -> None:
        """Remove what training writes; other files stay."""
        shutil.rmtree(self.checkpoints, ignore_errors=True)
        for file in (self.metrics, self.config):
            file.unlink(missing_ok=True)

    def forget_results(self) -> None:
        """Remove what was made of a run that is overwritten: it says nothing of the new one."""
        shutil.rmtree(self.path / CURVE, ignore_errors=True)
        for name in RESULTS:
            (self.path / name).unlink(missing_ok=True)


@contextmanager
def locked(folder: RunFolder) -> Iterator[None]:
    """Make the folder and hold it; the system lets go when the process ends, however it ends.

    Raises:
        EnvironmentProblem: another process trains there, or the folder cannot be made.
    """
    path = folder.path / ".lock"
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as problem:
        raise EnvironmentProblem(
            f"cannot write to {folder.path}: {problem.strerror}; choose another folder with --out"
        ) from problem
    try:
        _acquire(handle, folder.path)
        yield
    finally:
        os.close(handle)


def _acquire(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.pread(handle, 20, 0).decode(errors="replace").strip()
        raise EnvironmentProblem(
            f"another run (process {owner or 'unknown'}) is writing to {path}; "
            "wait for it, or choose another folder with --out"
        ) from None
    except OSError:
        return  # a file system without locks: atomic writes still keep every file whole
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
