"""Which patch sets fit a checkout, which refuse it and why, and which are in it already."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from eloss_plugins.patching.patch_set import PatchSet


@dataclass(frozen=True)
class Refusal:
    """A patch set whose signs are there, and why it must not be applied."""

    patch_set: PatchSet
    reason: str


@dataclass(frozen=True)
class Recognition:
    """What a checkout is.

    Attributes:
        fits: signs are there, no guard is against it; patched or not.
        refused: signs are there, but guards as well.
        patched: all edits of it are in the files, told by their markers alone.
        looked_for: one line for each patch set that does not fit: the signs that are missing.
    """

    fits: tuple[PatchSet, ...]
    refused: tuple[Refusal, ...]
    patched: tuple[PatchSet, ...]
    looked_for: tuple[str, ...]


def recognise(checkout: Path, patch_sets: Iterable[PatchSet]) -> Recognition:
    """What the checkout is, by signs, guards and markers; nothing is written.

    Raises:
        Refused: the checkout is not a folder.
    """
    raise NotImplementedError
