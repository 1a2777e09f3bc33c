"""A folder in which something is made before it gets its name."""

import glob
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ENDING = ".eloss-unfinished"


@contextmanager
def unfinished(parent: Path, name: str) -> Iterator[Path]:
    """A new hidden folder in `parent`, removed afterwards if it is still there.

    What processes that were killed have left there under `name` is removed first.

    Args:
        parent: on the file system where the result will be; it is there.
        name: of the result, for people who find the folder.
    """
    _remove_leftovers(parent, name)
    place = parent / f".{name}.{os.getpid()}{ENDING}"
    place.mkdir()
    try:
        yield place
    finally:
        with suppress(OSError):
            shutil.rmtree(place)


def _remove_leftovers(parent: Path, name: str) -> None:
    for old in parent.glob(f".{glob.escape(name)}.*{ENDING}"):
        number = old.name.removesuffix(ENDING).rpartition(".")[2]
        if number.isdecimal() and not _is_alive(int(number)):
            shutil.rmtree(old, ignore_errors=True)


def _is_alive(process: int) -> bool:
    if process == os.getpid():
        return False  # a number that is given again
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True
