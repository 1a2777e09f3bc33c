"""What is applied to a checkout, and what became of it; nothing is ever written."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from eloss_plugins.errors import Refused
from eloss_plugins.patching import manifest as manifests
from eloss_plugins.patching import paths
from eloss_plugins.patching.execution import look
from eloss_plugins.patching.head_commit import head_commit
from eloss_plugins.patching.manifest import FileRecord, SetRecord, record_of
from eloss_plugins.patching.open_tree import OpenTree
from eloss_plugins.patching.patch_set import PatchSet
from eloss_plugins.patching.survey import ABSENT, IN_PLACE, FileState, State, examine

SetState = Literal["applied", "drifted", "reverted outside", "unrecorded"]
Package = Literal["current", "outdated", "newer", "changed", "not installed"]


@dataclass(frozen=True)
class FileStatus:
    """One file of a patch set: its path, and what became of it."""

    path: str
    state: State


@dataclass(frozen=True)
class SetStatus:
    """One patch set.

    Attributes:
        name: of the patch set.
        state: `applied`, all lines are there; `drifted`, some are not; `reverted outside`, none
            is although they were put in; `unrecorded`, all are there but nothing says so.
        version: that is applied.
        package: how that compares with the installed patch set.
        files: file by file.
    """

    name: str
    state: SetState
    version: int
    package: Package
    files: tuple[FileStatus, ...]


@dataclass(frozen=True)
class Status:
    """A checkout.

    Attributes:
        version_control: "git", or None.
        commit: that git has checked out; None if that cannot be told.
        sets: what is applied, in that order.
    """

    version_control: str | None
    commit: str | None
    sets: tuple[SetStatus, ...]

    @property
    def is_applied(self) -> bool:
        """Whether something is applied, and every line of it is in place."""
        return bool(self.sets) and all(it.state == "applied" for it in self.sets)


def status(checkout: Path, installed: Iterable[PatchSet]) -> Status:
    """What is applied.

    Args:
        checkout: folder of the checkout, absolute and free of links.
        installed: all patch sets of this package and its plugins.

    Raises:
        Refused, NeedsRecovery, EnvironmentProblem: it cannot be told.
    """
    known = {patch_set.name: patch_set for patch_set in installed}
    sets = look(checkout, lambda tree: _sets(tree, checkout, known))
    system = "git" if _is_versioned(checkout) else None
    return Status(system, head_commit(checkout), tuple(sets))


def chosen(status: Status, name: str) -> Status:
    """The same, of one patch set alone."""
    return replace(status, sets=tuple(it for it in status.sets if it.name == name))


def _sets(tree: OpenTree, checkout: Path, known: dict[str, PatchSet]) -> list[SetStatus]:
    manifest = manifests.load(tree)
    found: list[SetStatus] = []
    for record in manifest.sets:
        states = _states(tree, checkout, record, manifest)
        found.append(_set_status(record, states, known.get(record.name)))
    for patch_set in known.values():
        name, edits = patch_set.name, patch_set.edits
        if manifest.find(name) is None and not manifest.sharing(name, edits):
            with suppress(Refused):  # files that this set could not have been applied to
                found += _unrecorded(tree, checkout, patch_set, manifest)
    return found


def _states(
    tree: OpenTree, checkout: Path, record: SetRecord, manifest: manifests.Manifest
) -> list[FileState]:
    targets = paths.targets(checkout, [file.path for file in record.files])
    return examine(tree, record, targets, manifest)


def _set_status(
    record: SetRecord, states: Sequence[FileState], patch_set: PatchSet | None
) -> SetStatus:
    state: SetState = "drifted"
    if all(it.state in IN_PLACE for it in states):
        state = "applied"
    elif all(it.state in ABSENT for it in states):
        state = "reverted outside"
    return SetStatus(
        record.name, state, record.version, _package(record, patch_set), _files(states)
    )


def _unrecorded(
    tree: OpenTree, checkout: Path, patch_set: PatchSet, manifest: manifests.Manifest
) -> list[SetStatus]:
    """The status of a patch set without a record, if lines of it are in the files."""
    record = record_of(patch_set, [FileRecord(p, None, None) for p in patch_set.files])
    states = _states(tree, checkout, record, manifest)
    there = [it for it in states if it.state != "missing"]
    if not any(it.state in IN_PLACE for it in there):
        return []
    state: SetState = "unrecorded" if all(it.state in IN_PLACE for it in there) else "drifted"
    return [SetStatus(record.name, state, record.version, "current", _files(there))]


def _files(states: Sequence[FileState]) -> tuple[FileStatus, ...]:
    return tuple(FileStatus(it.path, it.state) for it in states)


def _package(record: SetRecord, patch_set: PatchSet | None) -> Package:
    if patch_set is None:
        return "not installed"
    if record.version != patch_set.version:
        return "outdated" if record.version < patch_set.version else "newer"
    return "current" if record.content == manifests.fingerprint(patch_set) else "changed"


def _is_versioned(checkout: Path) -> bool:
    return any((folder / ".git").exists() for folder in (checkout, *checkout.parents))
