"""From a decision to its transaction: look without touching, lock, look again, commit."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from eloss_plugins.errors import Refused
from eloss_plugins.patching import journal, lock, own_folder, paths
from eloss_plugins.patching.manifest import Manifest
from eloss_plugins.patching.open_tree import OpenTree, digest
from eloss_plugins.patching.own_folder import FOLDER, MANIFEST
from eloss_plugins.patching.problems import as_environment_problem
from eloss_plugins.patching.transaction import Write, commit

Result = TypeVar("Result")
ATTEMPTS = 20


@dataclass(frozen=True)
class Decision(Generic[Result]):
    """What is to be written, and what is told to the user then."""

    result: Result
    writes: tuple[Write, ...] = ()


def look(checkout: Path, examine: Callable[[OpenTree], Result]) -> Result:
    """What `examine` finds in a moment in which nobody changes the checkout; nothing is written.

    Raises:
        NeedsRecovery: a change was interrupted.
        EnvironmentProblem: another process does not end, or the system refuses.
    """
    with as_environment_problem(), OpenTree(checkout) as tree:
        for _ in range(ATTEMPTS):
            lock.wait(tree)
            seen = tree.digest(MANIFEST)
            try:
                found = _examined(tree, examine)
            except Refused:
                if _is_settled(tree, seen):
                    raise
                continue
            if _is_settled(tree, seen):
                return found
    raise Refused("this checkout changes all the time; nothing was done. Stop what changes it")


def carry_out(
    checkout: Path,
    operation: str,
    decide: Callable[[OpenTree], Decision[Result]],
    *,
    allow_hardlink: bool = False,
) -> tuple[Result, list[str]]:
    """Write what `decide` says, all of it or nothing; where that is nothing, touch nothing.

    Returns:
        The decision's result, and sentences for the user.

    Raises:
        Refused, NeedsRecovery, EnvironmentProblem: nothing was changed.
    """
    decision = look(checkout, decide)
    if not decision.writes:
        return decision.result, []
    _check(checkout, decision.writes, allow_hardlink)
    with as_environment_problem(), lock.locked(checkout) as tree:
        journal.check_none(tree)
        if not _still_holds(tree, decision.writes):
            decision = _examined(tree, decide)
            _check(checkout, decision.writes, allow_hardlink)
        return decision.result, commit(tree, operation, decision.writes)


def manifest_write(tree: OpenTree, manifest: Manifest) -> list[Write]:
    """The write that makes `manifest` the checkout's; none if it is that already."""
    before, after = tree.read(MANIFEST), manifest.encode()
    return [] if before == after else [Write(MANIFEST, before, after)]


def original_writes(tree: OpenTree, originals: Iterable[bytes]) -> list[Write]:
    """The writes that keep the bytes which files had before, those that are not kept yet."""
    places = {own_folder.original_of(data): data for data in originals}
    return [Write(place, None, data) for place, data in places.items() if not tree.exists(place)]


def _examined(tree: OpenTree, examine: Callable[[OpenTree], Result]) -> Result:
    journal.check_none(tree)
    own_folder.check(tree)
    return examine(tree)


def _is_settled(tree: OpenTree, seen: str | None) -> bool:
    return lock.holder(tree) is None and tree.digest(MANIFEST) == seen


def _still_holds(tree: OpenTree, writes: Sequence[Write]) -> bool:
    return all(
        tree.digest(write.path) == (None if write.before is None else digest(write.before))
        for write in writes
    )


def _check(checkout: Path, writes: Sequence[Write], allow_hardlink: bool) -> None:
    reals = [write.path for write in writes if not write.path.startswith(f"{FOLDER}/")]
    paths.check_permissions(checkout, reals)
    if not allow_hardlink:
        paths.check_single(checkout, reals)
