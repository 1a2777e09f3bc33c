"""Our lines taken out of a patched file again, told by their marker and their text."""

from collections.abc import Iterable

from eloss_plugins.patching.patch_set import Edit


def without(path: str, data: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes of a file with the lines of `edits` taken out; every other byte stays.

    Args:
        path: for messages.
        data: the file as it is now, patched and perhaps edited since.
        edits: those of this file.

    Raises:
        Refused: a line of ours is missing, edited, split by other lines, or there twice.
    """
    raise NotImplementedError


def carries(data: bytes, edits: Iterable[Edit]) -> bool:
    """Whether all lines of `edits` are in the file, each edit once and unedited."""
    raise NotImplementedError
