"""Putting a patch set into a checkout, once; over an older version of itself if that is asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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
    prepared,
)
from eloss_plugins.patching.manifest import FileRecord, Manifest, SetRecord, record_of
from eloss_plugins.patching.open_tree import OpenTree
from eloss_plugins.patching.patch_set import PatchSet
from eloss_plugins.patching.paths import Target
from eloss_plugins.patching.plan import Plan, plan
from eloss_plugins.patching.removal import without
from eloss_plugins.patching.survey import ABSENT, IN_PLACE, FileState, examine
from eloss_plugins.patching.transaction import Write

Outcome = Literal["applied", "already applied", "upgraded", "applied again", "adopted"]


@dataclass(frozen=True)
class Applied:
    """What `apply` did.

    Attributes:
        name: of the patch set.
        outcome: in two words.
        files: that were written, as the patch set names them.
        notes: sentences for the user.
    """

    name: str
    outcome: Outcome
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def apply(
    checkout: Path,
    patch_set: PatchSet,
    *,
    upgrade: bool = False,
    adopt: bool = False,
    allow_hardlink: bool = False,
) -> Applied:
    """Insert the lines of `patch_set`: all of them, or none.

    Args:
        checkout: folder of the checkout, absolute and free of links.
        patch_set: what to insert.
        upgrade: replace the lines of another version of the patch set in the same step.
        adopt: take lines that stand there without a record as applied.
        allow_hardlink: write files that have other names, which keep the old bytes.

    Raises:
        Refused, NeedsRecovery, EnvironmentProblem: nothing was changed.
    """
    decide = _decider(checkout, patch_set, upgrade=upgrade, adopt=adopt)
    done, notes = carry_out(checkout, "apply", decide, allow_hardlink=allow_hardlink)
    return replace(done, notes=(*done.notes, *notes))


def rehearse(
    checkout: Path,
    patch_set: PatchSet,
    *,
    upgrade: bool = False,
    adopt: bool = False,
    allow_hardlink: bool = False,
) -> Applied:
    """What `apply` would do; nothing is written.

    Raises:
        Refused, NeedsRecovery, EnvironmentProblem: `apply` would do that.
    """
    decide = _decider(checkout, patch_set, upgrade=upgrade, adopt=adopt)
    return prepared(checkout, decide, allow_hardlink=allow_hardlink).result


def _decider(
    checkout: Path, patch_set: PatchSet, *, upgrade: bool, adopt: bool
) -> Callable[[OpenTree], Decision[Applied]]:
    def decide(tree: OpenTree) -> Decision[Applied]:
        case = _Case.read(tree, checkout, patch_set)
        if case.old is None:
            return _first(tree, case, adopt=adopt)
        return _again(tree, case, case.old, upgrade=upgrade)

    return decide


@dataclass(frozen=True)
class _Case:
    """Everything that was read."""

    checkout: Path
    patch_set: PatchSet
    manifest: Manifest
    old: SetRecord | None
    states: tuple[FileState, ...]

    @classmethod
    def read(cls, tree: OpenTree, checkout: Path, patch_set: PatchSet) -> "_Case":
        manifest = manifests.load(tree)
        old = manifest.find(patch_set.name)
        known = old or record_of(patch_set, map(_unknown, patch_set.files))
        targets = paths.targets(checkout, [*patch_set.files, *(file.path for file in known.files)])
        states = examine(tree, known, targets, manifest)
        return cls(checkout, patch_set, manifest, old, tuple(states))

    def target(self, path: str) -> Target:
        """Where a file of the patch set is."""
        return paths.targets(self.checkout, [path])[path]


def _unknown(path: str) -> FileRecord:
    return FileRecord(path, None, None)


def _first(tree: OpenTree, case: _Case, *, adopt: bool) -> Decision[Applied]:
    _check_apart(case)
    there = [it for it in case.states if it.state in IN_PLACE]
    here = [it for it in case.states if it.state != "missing"]
    if there and adopt and len(there) == len(here):
        return _adoption(tree, case)
    if there:
        raise Refused(
            f"lines of {case.patch_set.name} stand in {', '.join(it.path for it in there)}, but "
            "there is no record of them; nothing was changed. `eloss patch revert` takes them out; "
            "if they are all there, `eloss patch apply --adopt` records them"
        )
    contents = {it.path: it.data for it in here if it.data is not None}
    found = plan(case.checkout, case.patch_set, contents)
    return _decision(tree, case, found, {}, "applied")


def _again(tree: OpenTree, case: _Case, old: SetRecord, *, upgrade: bool) -> Decision[Applied]:
    stale = _difference(old, case.patch_set)
    if not stale and all(it.state in IN_PLACE for it in case.states):
        return Decision(Applied(case.patch_set.name, "already applied"))
    if stale and (not upgrade or old.version > case.patch_set.version):
        raise Refused(f"{stale}; nothing was changed. {_advice(old, case.patch_set)}")
    _check_apart(case)
    bases = {it.path: _base(it) for it in case.states if it.data is not None}
    found = plan(case.checkout, case.patch_set, bases)
    return _decision(tree, case, found, bases, "upgraded" if stale else "applied again")


def _check_apart(case: _Case) -> None:
    if other := case.manifest.sharing(case.patch_set.name, case.patch_set.edits):
        raise Refused(
            f"{other} has put equal lines into the same file, and they could not be told apart; "
            f"nothing was changed. Run `eloss patch revert {other}` first"
        )


def _decision(
    tree: OpenTree, case: _Case, found: Plan, bases: Mapping[str, bytes], outcome: Outcome
) -> Decision[Applied]:
    """The writes after which the files are `bases` with what the plan changes."""
    finals = {**bases, **{change.path: change.after for change in found.changes}}
    targets = {path: case.target(path) for path in finals}
    reals = {path: target.real or path for path, target in targets.items()}
    now = {path: tree.read(real) for path, real in reals.items()}
    files = [FileRecord(it.path, None, None, targets[it.path].mode) for it in found.changes]
    record = record_of(case.patch_set, files)
    book = rewritten(manifests.with_set(case.manifest, record), finals)
    changed = tuple(path for path in finals if now[path] != finals[path])
    writes = [Write(reals[path], now[path], finals[path]) for path in changed]
    done = Applied(case.patch_set.name, outcome, changed, found.notes)
    keep = original_writes(tree, book.originals)
    return Decision(done, (*keep, *writes, *manifest_write(tree, book.manifest)))


def _adoption(tree: OpenTree, case: _Case) -> Decision[Applied]:
    there = {it.path: it for it in case.states if it.data is not None}
    files = [FileRecord(path, None, None, it.target.mode) for path, it in there.items()]
    record = record_of(case.patch_set, files)
    finals = {path: it.data for path, it in there.items() if it.data is not None}
    book = rewritten(manifests.with_set(case.manifest, record), finals)
    keep = original_writes(tree, book.originals)
    done = Applied(case.patch_set.name, "adopted", tuple(there))
    return Decision(done, (*keep, *manifest_write(tree, book.manifest)))


def _base(it: FileState) -> bytes:
    """The file without the lines of the recorded version."""
    assert it.data is not None
    return it.data if it.state in ABSENT else without(it.path, it.data, it.edits)


def _difference(old: SetRecord, patch_set: PatchSet) -> str:
    """How the applied version and the package's differ, in words; empty if they do not."""
    if old.version != patch_set.version:
        return (
            f"version {old.version} of {old.name} is applied here; this package has version "
            f"{patch_set.version}"
        )
    if old.content != manifests.fingerprint(patch_set):
        return f"{old.name} {old.version} is applied here with other lines than this package has"
    return ""


def _advice(old: SetRecord, patch_set: PatchSet) -> str:
    if old.version > patch_set.version:
        return f"Upgrade eloss-plugins, or run `eloss patch revert {old.name}` first"
    return f"Run `eloss patch apply {old.name} --upgrade`"
