"""Taking a patch set out of a checkout: our lines go, every other byte stays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from eloss_plugins.errors import Refused
from eloss_plugins.patching import manifest as manifests
from eloss_plugins.patching import paths
from eloss_plugins.patching.bookkeeping import rewritten
from eloss_plugins.patching.execution import (
    Decision,
    carry_out,
    manifest_write,
    original_writes,
)
from eloss_plugins.patching.manifest import FileRecord, Manifest, SetRecord, record_of
from eloss_plugins.patching.moved import guess
from eloss_plugins.patching.open_tree import OpenTree, digest
from eloss_plugins.patching.own_folder import ORIGINALS, REPLACED
from eloss_plugins.patching.patch_set import PatchSet
from eloss_plugins.patching.removal import without
from eloss_plugins.patching.survey import ABSENT, FileState, examine
from eloss_plugins.patching.transaction import Write

Edited = Literal["refuse", "keep", "replace"]


@dataclass(frozen=True)
class Reverted:
    """What `revert` did.

    Attributes:
        name: of the patch set.
        outcome: in a few words.
        files: that were written, as the patch set names them.
        notes: sentences for the user.
    """

    name: str
    outcome: Literal["reverted", "nothing to do"]
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choices:
    """What to do with files that are not as they were left.

    Attributes:
        edited: a file in which our own lines were edited: `refuse`; `keep` it as it is; `replace`
            it by what it was before, and put the user's version aside.
        restore: bring back files that the user deleted.
        allow_hardlink: write files that have other names, which keep the old bytes.
    """

    edited: Edited = "refuse"
    restore: bool = False
    allow_hardlink: bool = False


def revert(
    checkout: Path, name: str, patch_set: PatchSet | None, choices: Choices | None = None
) -> Reverted:
    """Take out the lines of a patch set: all of them, or none.

    Args:
        checkout: folder of the checkout, absolute and free of links.
        name: of the patch set.
        patch_set: for lines that stand there without a record; None if no such set is installed.
        choices: the user's.

    Raises:
        Refused, NeedsRecovery, EnvironmentProblem: nothing was changed.
    """
    chosen = choices or Choices()

    def decide(tree: OpenTree) -> Decision[Reverted]:
        manifest = manifests.load(tree)
        record = manifest.find(name) or _unrecorded(manifest, patch_set)
        if record is None:
            return Decision(Reverted(name, "nothing to do"))
        targets = paths.targets(checkout, [file.path for file in record.files])
        states = examine(tree, record, targets, manifest)
        recorded = manifest.find(name) is not None
        if not recorded and all(it.state in (*ABSENT, "missing") for it in states):
            return Decision(Reverted(name, "nothing to do"))
        present = [it for it in states if recorded or it.state != "missing"]
        return _decision(tree, checkout, manifest, name, _outcomes(tree, checkout, present, chosen))

    done, notes = carry_out(checkout, "revert", decide, allow_hardlink=chosen.allow_hardlink)
    return replace(done, notes=(*done.notes, *notes))


@dataclass(frozen=True)
class _Outcome:
    """What one file comes to."""

    state: FileState
    after: bytes | None = None  # None leaves it alone
    aside: bytes | None = None  # the user's version, to be kept in `.eloss`
    notes: tuple[str, ...] = field(default=())


def _unrecorded(manifest: Manifest, patch_set: PatchSet | None) -> SetRecord | None:
    if patch_set is None or manifest.sharing(patch_set.name, patch_set.edits):
        return None
    return record_of(patch_set, [FileRecord(path, None, None) for path in patch_set.files])


def _outcomes(
    tree: OpenTree, checkout: Path, states: Sequence[FileState], choices: Choices
) -> list[_Outcome]:
    outcomes: list[_Outcome] = []
    problems: list[str] = []
    known = {state.real for state in states}
    for state in states:
        try:
            outcomes.append(_outcome(tree, checkout, state, choices, known))
        except Refused as problem:
            problems.append(str(problem))
    if problems:
        listed = "\n".join(problems)
        raise Refused(f"nothing was reverted and nothing changed:\n{listed}")
    return outcomes


def _outcome(
    tree: OpenTree, checkout: Path, it: FileState, choices: Choices, known: set[str]
) -> _Outcome:
    if it.state in ABSENT:
        return _Outcome(it)
    if it.state == "missing":
        return _missing(tree, checkout, it, choices, known)
    if it.state == "damaged":
        return _damaged(tree, it, choices)
    return _Outcome(it, _clean(tree, it))


def _clean(tree: OpenTree, it: FileState) -> bytes:
    """The file without our lines; what was there before, byte for byte, where nobody edited."""
    assert it.data is not None
    after = without(it.path, it.data, it.edits)
    if it.state == "applied" and it.record.before not in (None, digest(after)):
        return _original(tree, it)
    return after


def _damaged(tree: OpenTree, it: FileState, choices: Choices) -> _Outcome:
    assert it.data is not None
    if choices.edited == "keep":
        return _Outcome(it, notes=(f"{it.path} stays as it is, with what is left of our lines",))
    if choices.edited == "replace":
        aside = f"your version of {it.path} is kept as {REPLACED}/{digest(it.data)}"
        return _Outcome(it, _original(tree, it), it.data, (aside,))
    try:
        return _Outcome(it, without(it.path, it.data, it.edits))
    except Refused as problem:
        raise Refused(
            f"{problem}\nMend these lines; or --keep-mine leaves the file as it is; or "
            "--force-backup brings back the file from before and puts yours aside"
        ) from problem


def _missing(
    tree: OpenTree, checkout: Path, it: FileState, choices: Choices, known: set[str]
) -> _Outcome:
    if choices.restore:
        return _Outcome(it, _original(tree, it))
    if choices.edited == "keep":
        return _Outcome(it)
    moved = guess(checkout, it.edits, known)
    if moved:
        raise Refused(
            f"{it.path} is gone; it seems to be {moved} now. Rename it back for a moment, or let "
            "--keep-mine leave it as it is, or --restore bring back the file from before"
        )
    raise Refused(f"{it.path} is gone. --restore brings it back; --keep-mine leaves it deleted")


def _original(tree: OpenTree, it: FileState) -> bytes:
    """The kept bytes of a file from before.

    Raises:
        Refused: they are gone, or not what they were.
    """
    before = it.record.before
    data = tree.read(f"{ORIGINALS}/{before}") if before else None
    if data is None or digest(data) != before:
        raise Refused(
            f"{it.path}: the kept original is gone from {ORIGINALS}. Bring the file back from "
            "your version control"
        )
    return data


def _decision(
    tree: OpenTree, checkout: Path, manifest: Manifest, name: str, outcomes: Sequence[_Outcome]
) -> Decision[Reverted]:
    written = [it for it in outcomes if it.after is not None and it.after != it.state.data]
    finals = {it.state.path: it.after for it in written if it.after is not None}
    book = rewritten(Manifest(manifest.others(name)), finals)
    writes = [Write(it.state.real, it.state.data, it.after, it.state.record.mode) for it in written]
    _check_folders(checkout, writes)
    done = Reverted(name, "reverted", tuple(finals), tuple(n for it in outcomes for n in it.notes))
    keep = [*_asides(tree, outcomes), *original_writes(tree, book.originals)]
    return Decision(done, (*keep, *writes, *manifest_write(tree, book.manifest)))


def _asides(tree: OpenTree, outcomes: Sequence[_Outcome]) -> Iterator[Write]:
    for data in {it.aside for it in outcomes if it.aside is not None}:
        place = f"{REPLACED}/{digest(data)}"
        if not tree.exists(place):
            yield Write(place, None, data)


def _check_folders(checkout: Path, writes: Sequence[Write]) -> None:
    for write in writes:
        if not (checkout / write.path).parent.is_dir():
            raise Refused(f"the folder of {write.path} is gone; make it first, or use --keep-mine")
