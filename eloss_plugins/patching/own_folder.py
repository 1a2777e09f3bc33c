"""The folder `.eloss` in a checkout: what it may hold, how it begins, how it goes."""

from contextlib import suppress

from eloss_plugins.errors import Refused
from eloss_plugins.patching.open_tree import OpenTree, digest

FOLDER = ".eloss"
IGNORE = f"{FOLDER}/.gitignore"
LOCK = f"{FOLDER}/lock"
MANIFEST = f"{FOLDER}/manifest.json"
JOURNAL = f"{FOLDER}/journal.json"
UNDO = f"{FOLDER}/undo"
ORIGINALS = f"{FOLDER}/originals"
REPLACED = f"{FOLDER}/replaced"
DAMAGED = f"{FOLDER}/damaged"
UNFINISHED = ".tmp"

IGNORE_ALL = b"*\n"
FOLDERS = (UNDO, ORIGINALS, REPLACED, DAMAGED)
_OURS = {path.rpartition("/")[2] for path in (IGNORE, LOCK, MANIFEST, JOURNAL, *FOLDERS)}


def check(tree: OpenTree) -> None:
    """See that `.eloss` is absent or ours.

    Raises:
        Refused: something else goes by that name.
    """
    try:
        names = tree.names(FOLDER)
    except Refused:
        raise Refused(
            f"{FOLDER} is not a folder of ours; nothing was changed. Move it away first"
        ) from None
    foreign = [name for name in names if name not in _OURS and not name.endswith(UNFINISHED)]
    if foreign:
        raise Refused(
            f"{FOLDER} holds {', '.join(foreign[:3])}, which is not ours; nothing was changed. "
            f"Move {FOLDER} away first"
        )


def begin(tree: OpenTree) -> None:
    """Make the folder, hidden from git by a file of its own; the caller holds the lock."""
    if tree.read(IGNORE) != IGNORE_ALL:
        replace(tree, IGNORE, IGNORE_ALL)


def replace(tree: OpenTree, path: str, data: bytes) -> None:
    """Write a file of `.eloss` so that it is seen whole or not at all."""
    unfinished = path + UNFINISHED
    tree.remove(unfinished)
    tree.create(unfinished, data, None, 0o644)
    tree.rename(unfinished, path)
    tree.sync(FOLDER)


def original_of(data: bytes) -> str:
    """Where the bytes that a file had before are kept."""
    return f"{ORIGINALS}/{digest(data)}"


def leave(tree: OpenTree) -> None:
    """Remove the lock, and the folder if it says nothing any more; the caller holds the lock.

    The lock's name goes after everything that the next process could rely on.
    """
    says_nothing = not {*tree.names(FOLDER)} - {_name(IGNORE), _name(LOCK)}
    if says_nothing:
        tree.remove(IGNORE)
    tree.remove(LOCK)
    if says_nothing:
        remove_if_empty(tree)


def remove_if_empty(tree: OpenTree) -> None:
    """Remove the folder unless something is in it, of another process perhaps."""
    with suppress(OSError, Refused):
        tree.remove_folder(FOLDER)


def _name(path: str) -> str:
    return path.rpartition("/")[2]
