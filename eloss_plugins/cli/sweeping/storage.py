"""Where the study is kept: Optuna's storages, opened with one sentence when they cannot be."""

import os
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eloss_plugins.errors import EnvironmentProblem, UsageError

if TYPE_CHECKING:
    from optuna.storages import BaseStorage

DATABASE = "sweep.db"
LOCK_SECONDS = 120.0  # that a process waits for another one's transaction
ATTEMPTS = 5  # two processes that make the tables of a new database at once hinder each other


def check_installed() -> None:
    """See that Optuna is there.

    Raises:
        EnvironmentProblem: it is not.
    """
    if find_spec("optuna") is None:
        raise EnvironmentProblem(
            "eloss sweep needs Optuna, which is not installed: pip install 'eloss-plugins[sweep]'"
        )


def url_in(folder: Path) -> str:
    """The storage of a search that was given none: a SQLite file in its folder."""
    return f"sqlite:///{(folder / DATABASE).absolute()}"


def shown(url: str) -> str:
    """The storage as it may be printed and kept: without the password."""
    head, at, tail = url.rpartition("@")
    if not at or "://" not in head:
        return url
    scheme, _, login = head.partition("://")
    user, colon, _ = login.partition(":")
    return f"{scheme}://{user}{':***' if colon else ''}@{tail}"


def open_storage(url: str) -> "BaseStorage":
    """The storage behind a URL, or a path: a file that several machines append to.

    A SQLite file is the default: each change is a transaction, so that a process that is killed
    leaves what it has written and nothing half, and every tool of Optuna's reads it. On network
    file systems SQLite's locks are not safe; a path without `://` is Optuna's journal file, whose
    are.

    Raises:
        UsageError: the text is no URL of a storage.
        EnvironmentProblem: it cannot be reached, or a driver is missing.
    """
    problem: Exception | None = None
    for attempt in range(ATTEMPTS):
        try:
            return _open(url)
        except Exception as error:
            problem = error
            if not _is_race(error):
                break
            time.sleep(0.2 * (attempt + 1))
    assert problem is not None
    raise _explained(url, problem) from problem


def _open(url: str) -> "BaseStorage":
    from optuna.storages import JournalStorage, RDBStorage
    from optuna.storages.journal import JournalFileBackend, JournalRedisBackend

    if "://" not in url:
        place = Path(url).expanduser()
        if not place.parent.is_dir():
            raise FileNotFoundError(f"no such folder: {place.parent}")
        return JournalStorage(JournalFileBackend(os.fspath(place)))
    if url.startswith("redis"):
        return JournalStorage(JournalRedisBackend(url))
    arguments: dict[str, Any] = {}
    if url.startswith("sqlite"):
        arguments = {"connect_args": {"timeout": LOCK_SECONDS}}
    return RDBStorage(url, engine_kwargs=arguments)


def _is_race(problem: Exception) -> bool:
    text = str(problem).lower()
    return "already exists" in text or "unique constraint" in text or "database is locked" in text


def _explained(url: str, problem: Exception) -> Exception:
    names = {kind.__name__ for kind in type(problem).__mro__}
    why = next((line for line in str(problem).splitlines() if line.strip()), type(problem).__name__)
    if "ArgumentError" in names or "NoSuchModuleError" in names:
        return UsageError(
            f"--storage {shown(url)} is no storage: expected a URL such as "
            "postgresql://user:password@host/name or sqlite:///file, or the path of a file"
        )
    if isinstance(problem, ImportError):
        return EnvironmentProblem(f"--storage {shown(url)} needs a driver: {why[:200]}")
    return EnvironmentProblem(f"--storage {shown(url)} cannot be reached: {why[:200]}")
