"""The first moments of a sitting: claim the folder, find where the run stands, restore it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eloss_plugins.atomic_write import atomic_write_text
from eloss_plugins.errors import EnvironmentProblem, Refused
from eloss_plugins.trainers import checkpoint, identity, journal
from eloss_plugins.trainers.imported_run import check_trainable
from eloss_plugins.trainers.run_folder import RunFolder, locked
from eloss_plugins.trainers.session import Session
from eloss_plugins.trainers.start_weights import begin


@dataclass(frozen=True)
class Start:
    """How a sitting begins.

    Attributes:
        folder: of the run.
        resume: go on with what is there.
        overwrite: remove what is there.
        allow_change: go on although settings differ.
    """

    folder: RunFolder
    resume: bool = False
    overwrite: bool = False
    allow_change: bool = False


@dataclass(frozen=True)
class Opened:
    """What was found.

    Attributes:
        remarks: sentences for the user and the journal.
        checkpoint: the file that the run goes on from, or None at the beginning.
    """

    remarks: tuple[str, ...]
    checkpoint: Path | None


@contextmanager
def claimed(start: Start) -> Iterator[None]:
    """Hold the run's folder; refuse at once if it holds a run that nobody asked to touch.

    Raises:
        Refused: there is a run, and neither resume nor overwrite.
        EnvironmentProblem: another process holds the folder, or it cannot be written to.
    """
    with locked(start.folder):
        if start.folder.holds_run and not (start.resume or start.overwrite):
            raise Refused(
                f"{start.folder.path} already holds a run; pass --resume to go on with it, "
                "--overwrite to begin anew, or choose another folder with --out"
            )
        yield


def open_run(session: Session, start: Start) -> Opened:
    """Bring the session to where the run stands, and the folder in line with it.

    Raises:
        Refused: settings differ and may not; no checkpoint can be used.
        EnvironmentProblem: the folder cannot be written to.
    """
    if not start.resume:
        begin(session)  # before a run that is there is removed: it may refuse
    opened = session.ranks.on_main(lambda: _find(session, start))
    if opened.checkpoint is not None:
        session.from_checkpoint(checkpoint.load(opened.checkpoint))
    elif start.resume:
        begin(session)
    session.ranks.on_main(lambda: _write_down(session, start.folder))
    return opened


def _find(session: Session, start: Start) -> Opened:
    folder = start.folder
    if not start.resume:
        if start.overwrite:
            folder.forget_results()
        folder.clear()
        return Opened((), None)
    found = checkpoint.load_newest(folder.checkpoints)
    if found is None:
        return Opened((f"{folder.path} has no checkpoint yet: the run begins at step 0",), None)
    check_trainable(found)
    changed = identity.check_same(
        found.state["identity"], session.record["identity"], allow=start.allow_change
    )
    checkpoint.tidy(folder.checkpoints, found.path)
    listed = tuple(f"changed on resume: {change}" for change in changed)
    return Opened((*found.remarks, *listed), found.path)


def _write_down(session: Session, folder: RunFolder) -> None:
    """config.json, and metrics.jsonl without the steps that come again."""
    try:
        folder.checkpoints.mkdir(parents=True, exist_ok=True)
        atomic_write_text(folder.config, json.dumps(_described(session), indent=2) + "\n")
        journal.keep_until(folder.metrics, session.state.step if session.state.step else -1)
    except OSError as problem:
        raise EnvironmentProblem(
            f"cannot write to {folder.path}: {problem.strerror or problem}"
        ) from problem


def _described(session: Session) -> dict[str, Any]:
    record = dict(session.record)
    return {**record.pop("identity"), **record, "total_steps": session.total_steps}
