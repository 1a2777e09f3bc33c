"""What applying a patch set to a checkout would change, worked out in memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eloss_plugins.errors import Refused
from eloss_plugins.patching import reading
from eloss_plugins.patching.anchors import Match, find
from eloss_plugins.patching.guards import objections
from eloss_plugins.patching.head_commit import head_commit
from eloss_plugins.patching.insertion import Placement, insert
from eloss_plugins.patching.patch_set import Edit, PatchSet
from eloss_plugins.patching.proof import prove
from eloss_plugins.patching.removal import carried, without
from eloss_plugins.patching.source import Source


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


@dataclass(frozen=True)
class _Outcome:
    """What one file comes to."""

    changes: tuple[FileChange, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def plan(checkout: Path, patch_set: PatchSet, contents: Mapping[str, bytes] | None = None) -> Plan:
    """The changes of a patch set, or why there can be none; nothing is written.

    Args:
        checkout: its folder.
        patch_set: what to insert.
        contents: bytes to take for some files instead of what is on the disk: an upgrade plans
            on the files as they are without the old version's lines. They are then `before`.

    Raises:
        Refused: a guard, an unreadable file, or anchors; the message lists every failing one.
    """
    if against := objections(checkout, patch_set):
        raise Refused(
            f"{patch_set.name} is not for this checkout: {'; '.join(against)}; nothing was "
            f"changed. Take the upstream's own code: eloss vendor {patch_set.name}"
        )
    outcomes = [
        _outcome(path, edits, _read(checkout, path, contents or {}))
        for path, edits in patch_set.files.items()
    ]
    if problems := [problem for it in outcomes for problem in it.problems]:
        raise Refused(_refusal(patch_set, problems))
    changes = tuple(change for it in outcomes for change in it.changes)
    notes = [note for it in outcomes for note in it.notes]
    return Plan(patch_set, changes, (*notes, *_commit_notes(checkout, patch_set, changes)))


def _read(checkout: Path, path: str, contents: Mapping[str, bytes]) -> bytes | Refused | None:
    try:
        return contents[path] if path in contents else reading.read(checkout, path)
    except Refused as problem:
        return problem


def _outcome(path: str, edits: Sequence[Edit], data: bytes | Refused | None) -> _Outcome:
    if isinstance(data, Refused):
        return _Outcome(problems=(str(data),))
    if data is None:
        missing = f"{path}: no such file"
        if all(edit.optional for edit in edits):
            return _Outcome(notes=(f"{missing}; it is optional",))
        return _Outcome(problems=(missing,))
    present = carried(data, edits)
    if len(present) == len(edits):
        return _Outcome(notes=_drift(path, edits, data))
    if present:
        return _Outcome(problems=(_partial(path, edits, data),))
    return _patched(path, edits, data)


def _patched(path: str, edits: Sequence[Edit], data: bytes) -> _Outcome:
    try:
        before = Source.read(path, data)
        found = [find(before, edit.anchor) for edit in edits]
        if problems := [f"{path}: {it}" for it in found if not isinstance(it, Match)]:
            return _Outcome(problems=tuple(problems))
        placements = [
            Placement(edit, match)
            for edit, match in zip(edits, found, strict=True)
            if isinstance(match, Match)
        ]
        if problems := list(_occupied(before, placements)):
            return _Outcome(problems=tuple(problems))
        inserted = insert(before, placements)
        prove(before, inserted, edits)
    except Refused as problem:
        return _Outcome(problems=(str(problem),))
    return _Outcome(changes=(FileChange(path, data, inserted.source.data),))


def _occupied(source: Source, placements: Sequence[Placement]) -> Iterator[str]:
    """Places where marked lines stand already: of another version, or of another patch set."""
    for it in placements:
        line = it.gap + 1 if it.edit.place == "after" else it.gap
        if line in source.marked:
            yield (
                f"{source.path}, line {line}: other lines marked by eloss stand there already, of "
                f"another patch set or version; revert that first"
            )


def _partial(path: str, edits: Sequence[Edit], data: bytes) -> str:
    """Why a file with some of our lines is neither patched nor unpatched."""
    try:
        without(path, data, edits)
    except Refused as problem:
        return f"{problem}\n    revert first, or put the lines back"
    raise AssertionError("a file with all of the lines is not partly patched")


def _drift(path: str, edits: Sequence[Edit], data: bytes) -> tuple[str, ...]:
    """Says so when our lines are all there but would not be put there now."""
    try:
        again = _patched(path, edits, without(path, data, edits))
    except Refused as problem:
        return (f"already applied, but it cannot be taken out: {problem}",)
    if again.problems:
        return tuple(f"already applied, but it would not be now: {it}" for it in again.problems)
    if again.changes[0].after != data:
        return (f"{path}: already applied, but its lines stand elsewhere than they would now",)
    return ()


def _commit_notes(
    checkout: Path, patch_set: PatchSet, changes: Sequence[FileChange]
) -> Iterator[str]:
    head = head_commit(checkout)
    known = (patch_set.commit, *patch_set.tested)
    if not changes:
        yield f"{patch_set.name} is applied already; nothing to do"
    elif head is None:
        yield "no version control here: the anchors match, the commit is unknown"
    elif not any(head.startswith(commit) for commit in known):
        yield f"the anchors match, the commit differs: {head[:12]} was not tested"


def _refusal(patch_set: PatchSet, problems: Sequence[str]) -> str:
    listed = "\n".join(f"  {problem}" for problem in dict.fromkeys(problems))
    return (
        f"{patch_set.name} does not fit this checkout; nothing was changed:\n{listed}\n"
        f"Undo these differences, or take the tested commit: eloss vendor {patch_set.name}"
    )
