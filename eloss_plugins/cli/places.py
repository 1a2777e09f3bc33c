"""Files and folders that a command reads and writes: what may stand there already."""

import os
from pathlib import Path

from eloss_plugins.errors import EnvironmentProblem, Refused, UsageError


def check_output_file(output: Path, *, overwrite: bool) -> None:
    """Refuse before the work starts what could only fail after it.

    Raises:
        Refused: the file exists and `overwrite` is off.
        UsageError: a folder stands there.
        EnvironmentProblem: nothing can be written there.
    """
    if output.is_dir():
        raise UsageError(f"{output} is a folder; name a file")
    if output.exists() and not overwrite:
        raise Refused(f"{output} exists. Name another file, or add --overwrite")
    check_writable(output.parent)


def check_run_folder(folder: Path) -> None:
    """See that `folder` is what `eloss train` makes.

    Raises:
        UsageError: it is not there, or is something else.
    """
    if not folder.exists():
        raise UsageError(f"no such folder: {folder}. `eloss train` makes one")
    if not (folder / "config.json").is_file():
        raise UsageError(f"{folder} is not the folder of a run: it has no config.json")


def check_run(source: Path) -> None:
    """See that `source` is the folder of a run, or a file, which may be one of its checkpoints.

    Raises:
        UsageError: it is not there, or is a folder of something else.
        EnvironmentProblem: the file may not be read.
    """
    if source.is_file():
        check_readable(source)
    else:
        check_run_folder(source)


def check_readable(file: Path) -> None:
    """See that something can be read at `file`.

    Raises:
        UsageError: nothing is there.
        EnvironmentProblem: it may not be read.
    """
    if not file.exists():
        raise UsageError(f"no such file: {file}")
    if not os.access(file, os.R_OK):
        raise EnvironmentProblem(f"{file} may not be read; check its permissions")


def holds_something(folder: Path) -> bool:
    """Whether `folder` is there and not an empty folder."""
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))


def check_writable(folder: Path) -> None:
    """See that `folder` takes files, or that it can be made.

    Raises:
        UsageError: a file stands there, or where a folder above it would be.
        EnvironmentProblem: it may not be written to.
    """
    while not folder.exists():
        folder = folder.parent
    if not folder.is_dir():
        raise UsageError(f"{folder} is a file; a folder is needed there")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise EnvironmentProblem(f"{folder} may not be written to; choose another place")
