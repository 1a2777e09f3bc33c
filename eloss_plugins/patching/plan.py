"""What applying a patch set to a checkout would change, worked out in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eloss_plugins.patching.patch_set import PatchSet


@dataclass(frozen=True)
class FileChange:
    """One file as it is and as it would be.

    Attributes:
        path: below the checkout, with slashes.
        before: its bytes now.
        after: its bytes then; they differ from `before`.
    """

    path: str
    before: bytes
    after: bytes


@dataclass(frozen=True)
class Plan:
    """Everything that applying a patch set would change; no changes when it is applied already.

    Attributes:
        patch_set: the patch set.
        changes: files that differ, in the order of the patch set.
        notes: sentences for the user.
    """

    patch_set: PatchSet
    changes: tuple[FileChange, ...]
    notes: tuple[str, ...] = ()


def plan(
    checkout: Path, patch_set: PatchSet, contents: Mapping[str, bytes] | None = None
) -> Plan:
    """The changes of a patch set, or why there can be none; nothing is written.

    Args:
        checkout: its folder.
        patch_set: what to insert.
        contents: bytes to take for some files instead of what is on the disk: an upgrade plans
            on the files as they are without the old version's lines. They are then `before`.

    Raises:
        Refused: a guard, an unreadable file, or anchors; the message lists every failing one.
    """
    raise NotImplementedError
