"""All files of a change replaced, or none: journal, staged files, renames, and the way back.

1. the journal; 2. every old file gets a second name in `.eloss/undo`; 3. every new file is
written beside its target and flushed; 4. the journal says that replacing begins; 5. each target
is compared once more with what was planned on, then replaced by a rename; 6. the journal goes:
from here on the change is made. Going back needs no room on the disk: it renames the old files.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from eloss_plugins.errors import EnvironmentProblem, NeedsRecovery, Refused
from eloss_plugins.patching import journal, signals
from eloss_plugins.patching.journal import REPLACING, STAGING, Journal, Step
from eloss_plugins.patching.open_tree import OpenTree, digest, folder_of
from eloss_plugins.patching.own_folder import FOLDER, JOURNAL, UNDO
from eloss_plugins.patching.problems import cause, unchanged


@dataclass(frozen=True)
class Write:
    """One file to be replaced.

    Attributes:
        path: below the checkout, free of links.
        before: its bytes; None where there must be none.
        after: its new bytes; None to remove it.
        mode: permissions of a file that was not there.
    """

    path: str
    before: bytes | None
    after: bytes | None
    mode: int = 0o644

    def step(self) -> Step:
        """The same, as the journal keeps it."""
        ends = (None if data is None else digest(data) for data in (self.before, self.after))
        return Step(self.path, *ends)


def commit(tree: OpenTree, operation: str, writes: Sequence[Write]) -> list[str]:
    """Do all `writes`, or leave everything as it is; the caller holds the lock.

    Returns:
        Sentences for the user, about what a new file could not take over from the old one.

    Raises:
        Refused: a file is not what was planned on any more; nothing was changed.
        EnvironmentProblem: the system refused; everything is as before, or, if the message says
            so, the journal is kept for `eloss patch recover`.
    """
    record = _new_journal(tree, operation, tuple(write.step() for write in writes))
    try:
        _prepare_folders(tree, writes)
        journal.store(tree, record)
        notes = _stage(tree, record, writes)
        journal.store(tree, replace(record, phase=REPLACING))
        _replace(tree, record)
        _drop_journal(tree)
    except BaseException as problem:
        with signals.held():
            _back_out(tree, record, problem)
        if isinstance(problem, OSError) and not isinstance(problem, EnvironmentProblem):
            raise unchanged(problem) from problem
        raise
    return notes


def roll_back(tree: OpenTree, record: Journal) -> list[str]:
    """Undo a transaction; it may be undone in part already.

    Returns:
        The files that were brought back.

    Raises:
        Refused: a file was changed since by somebody else, or an old file is gone; nothing was
            changed.
    """
    todo = [] if record.phase == STAGING else _to_restore(tree, record)
    for index in reversed(todo):
        _restore(tree, record, index)
    for index in range(len(record.steps)):
        tree.remove(record.staged(index))
        tree.remove(record.undo(index))
    _drop_journal(tree)
    return [record.steps[i].path for i in todo if not record.steps[i].path.startswith(FOLDER)]


def _new_journal(tree: OpenTree, operation: str, steps: tuple[Step, ...]) -> Journal:
    """A journal none of whose own files is there already: going back removes them."""
    while True:
        record = Journal(journal.new_identity(), operation, STAGING, steps)
        names = (name(i) for i in range(len(steps)) for name in (record.staged, record.undo))
        if not any(map(tree.exists, names)):
            return record


def _prepare_folders(tree: OpenTree, writes: Iterable[Write]) -> None:
    inside = {folder_of(write.path) for write in writes if write.path.startswith(f"{FOLDER}/")}
    for folder in sorted({UNDO, *inside} - {FOLDER}):
        tree.make_folder(folder)


def _stage(tree: OpenTree, record: Journal, writes: Sequence[Write]) -> list[str]:
    notes: list[str] = []
    for index, write in enumerate(writes):
        _check_unchanged(tree, record.steps[index])
        like = None
        if write.before is not None:
            tree.keep(write.path, record.undo(index))
            like = write.path
        if write.after is not None:
            notes += tree.create(record.staged(index), write.after, like, write.mode)
    for folder in sorted({UNDO, *(folder_of(write.path) for write in writes)}):
        tree.sync(folder)
    return notes


def _replace(tree: OpenTree, record: Journal) -> None:
    for index, step in enumerate(record.steps):
        _check_unchanged(tree, step)
        if step.after is None:
            tree.remove(step.path)
        else:
            tree.rename(record.staged(index), step.path)
    for folder in sorted({folder_of(step.path) for step in record.steps}):
        tree.sync(folder)


def _check_unchanged(tree: OpenTree, step: Step) -> None:
    """What is about to be replaced must be what was planned on."""
    if tree.digest(step.path) != step.before:
        raise Refused(
            f"{step.path} was changed by somebody else in this moment; nothing was changed. "
            "Run the command again"
        )


def _drop_journal(tree: OpenTree) -> None:
    """The change is made, or undone, in the moment in which the journal's name goes."""
    tree.remove(JOURNAL)
    with suppress(OSError):  # on the disk a little later, then
        tree.sync(FOLDER)


def _back_out(tree: OpenTree, record: Journal, problem: BaseException) -> None:
    """Undo what was begun, unless the journal is gone and with it the change is made."""
    try:
        begun = journal.load(tree)
        if begun is not None and begun.identity == record.identity:
            roll_back(tree, begun)
    except (OSError, Refused, NeedsRecovery) as trouble:
        raise EnvironmentProblem(
            f"{cause(problem)}; and what was begun could not be undone ({cause(trouble)}). "
            "Run `eloss patch recover` when that is mended: no byte is lost"
        ) from problem


def _to_restore(tree: OpenTree, record: Journal) -> list[int]:
    """Steps that were made and not undone yet; all is looked at before anything is changed."""
    made = [i for i, step in enumerate(record.steps) if _was_made(tree, record, i, step)]
    gone = [i for i in made if not _can_restore(tree, record, i)]
    if gone and len(made) == len(record.steps):
        return []  # the journal came back after a power cut: the change had been made
    if gone:
        paths = ", ".join(record.steps[i].path for i in gone)
        raise Refused(
            f"the kept originals of {paths} are gone from {UNDO}; nothing was changed. Bring "
            "these files back from your version control, then remove .eloss"
        )
    return made


def _was_made(tree: OpenTree, record: Journal, index: int, step: Step) -> bool:
    if step.after is not None and tree.exists(record.staged(index)):
        return False  # whatever has come to stand there since
    now = tree.digest(step.path)
    if now == step.before:
        return False
    if now in (step.after, None):
        return True
    raise NeedsRecovery(
        f"{step.path} was edited after the change was interrupted; nothing was changed. Move your "
        f"version away, run `eloss patch recover`, and put your edit in again (the file as it "
        f"was: {record.undo(index)})"
    )


def _can_restore(tree: OpenTree, record: Journal, index: int) -> bool:
    return record.steps[index].before is None or tree.exists(record.undo(index))


def _restore(tree: OpenTree, record: Journal, index: int) -> None:
    step = record.steps[index]
    if step.before is None:
        tree.remove(step.path)
    else:
        tree.rename(record.undo(index), step.path)
    tree.sync(folder_of(step.path))
