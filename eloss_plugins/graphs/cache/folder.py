"""Where graphs are kept on disk, and whether that place can be trusted."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from eloss_plugins.errors import EnvironmentProblem, Refused

FOLDER_VARIABLE = "ELOSS_GRAPHS"
SUFFIX = ".graphs"
LOCK = ".lock"


def graph_folder() -> Path:
    """The folder that `ELOSS_GRAPHS` names, else one in the user's cache.

    Raises:
        EnvironmentProblem: there is no home folder.
    """
    return cache_folder("graphs", FOLDER_VARIABLE)


def cache_folder(what: str, variable: str) -> Path:
    """The folder that an environment `variable` names, else one for `what` in the user's cache.

    Raises:
        EnvironmentProblem: there is no home folder.
    """
    named = os.environ.get(variable, "")
    return Path(named).expanduser() if named else _cache(what, variable) / "eloss-plugins" / what


def _cache(what: str, variable: str) -> Path:
    named = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(named):  # the standard says that relative ones are to be ignored
        return Path(named)
    try:
        return Path.home() / ".cache"
    except RuntimeError as problem:
        raise EnvironmentProblem(
            f"no home folder is known; name a folder for {what} in {variable}"
        ) from problem


def trusted(folder: Path, variable: str = FOLDER_VARIABLE) -> Path:
    """The folder, made if missing, if nobody else can put files into it.

    Args:
        folder: to be used.
        variable: of the environment, that names another.

    Raises:
        Refused: it is a link or no folder, another user's, or others may write to it.
        OSError: it cannot be made.
    """
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700, parents=True)
    found = folder.lstat()
    problem = _problem(found)
    if problem:
        raise Refused(
            f"{folder} is {problem}, so its files cannot be trusted; remove it or name another "
            f"folder in {variable}"
        )
    return folder


def _problem(found: os.stat_result) -> str | None:
    if stat.S_ISLNK(found.st_mode):
        return "a link"
    if not stat.S_ISDIR(found.st_mode):
        return "no folder"
    if hasattr(os, "getuid") and found.st_uid != os.getuid():
        return "another user's"
    if found.st_mode & stat.S_IWOTH:
        return "open for all to write"
    return None


def path_of(folder: Path, key: str) -> Path:
    """The file for a key; the whole key is in it and compared."""
    return folder / f"{key[:32]}{SUFFIX}"


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold off other processes that want to make the same file, where the system can.

    Without it two may make it at once; they write the same, and the last one stays.
    """
    with suppress(ImportError, OSError):
        import fcntl

        with path.with_suffix(LOCK).open("w") as handle:
            with suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
            return
    yield


def clear(folder: Path) -> int:
    """Remove all graphs; how many files there were. Those that are in use stay mapped."""
    files = [*folder.glob(f"*{SUFFIX}"), *folder.glob(f"*{LOCK}")]
    for path in files:
        with suppress(OSError):
            path.unlink()
    return sum(path.suffix == SUFFIX for path in files)
