"""From a decision to its transaction: look without touching, lock, look again, commit."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from eloss_plugins.errors import NeedsRecovery, Refused
from eloss_plugins.patching import journal, lock, own_folder, paths
from eloss_plugins.patching.manifest import Manifest
from eloss_plugins.patching.open_tree import OpenTree
from eloss_plugins.patching.own_folder import FOLDER, JOURNAL, MANIFEST
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
        own_folder.check(tree)
        for _ in range(ATTEMPTS):
            lock.wait(tree)
            seen = tree.age(FOLDER)
            try:
                found = _examined(tree, examine)
            except NeedsRecovery:
                if _is_abandoned(tree):
                    raise
            except Refused:
                if _is_settled(tree, seen):
                    raise
            else:
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
    decision = prepared(checkout, decide, allow_hardlink=allow_hardlink)
    if not decision.writes:
        return decision.result, []
    with as_environment_problem(), lock.locked(checkout) as tree:
        decision = _examined(tree, decide)  # again: nobody changes anything now
        _check_permissions(checkout, decision.writes)
        if not allow_hardlink:
            paths.check_single(checkout, _users(decision.writes))
        notes = commit(tree, operation, decision.writes) if decision.writes else []
        return decision.result, notes


def prepared(
    checkout: Path, decide: Callable[[OpenTree], Decision[Result]], *, allow_hardlink: bool
) -> Decision[Result]:
    """What `decide` says, when it can be written; nothing is written.

    Raises:
        Refused, NeedsRecovery, EnvironmentProblem: it cannot.
    """

    def examine(tree: OpenTree) -> Decision[Result]:
        decision = decide(tree)
        if not allow_hardlink:  # looked at again if a transaction is at work, which makes such
            paths.check_single(checkout, _users(decision.writes))
        return decision

    decision = look(checkout, examine)
    _check_permissions(checkout, decision.writes)
    return decision


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


def _is_settled(tree: OpenTree, seen: tuple[int, int] | None) -> bool:
    """Whether nobody has changed the checkout since its folder of ours was `seen`."""
    return lock.holder(tree) is None and tree.age(FOLDER) == seen


def _is_abandoned(tree: OpenTree) -> bool:
    """Whether a journal is there whose process is not: one at work has the lock all the time."""
    before = tree.read(JOURNAL)
    return before is not None and lock.holder(tree) is None and tree.read(JOURNAL) == before


def _check_permissions(checkout: Path, writes: Sequence[Write]) -> None:
    paths.check_permissions(checkout, _users(writes))


def _users(writes: Sequence[Write]) -> list[str]:
    """The files among `writes` that are the user's."""
    return [write.path for write in writes if not write.path.startswith(f"{FOLDER}/")]
