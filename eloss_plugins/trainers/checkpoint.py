"""Saving and finding the state of a run: no moment of a save at which a kill loses it."""

import io
import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import torch

from eloss_plugins.atomic_write import atomic_write, remove_temporaries
from eloss_plugins.errors import EnvironmentProblem, Refused
from eloss_plugins.trainers.sidecar import (
    digest_of,
    recorded_digest,
    sidecar_of,
    write_sidecar,
)

FORMAT = 1
_log = logging.getLogger(__name__)
_NAME = re.compile(r"step-(\d{8,})\.pt")

State = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """A checkpoint that was read.

    Attributes:
        state: its content.
        path: its file.
        remarks: for each newer file that could not be used, which and why.
    """

    state: State
    path: Path
    remarks: tuple[str, ...]


class Unusable(Exception):
    """A checkpoint file that cannot be used, and why."""


def path_of(folder: Path, step: int) -> Path:
    """The checkpoint file of `step`."""
    return folder / f"step-{step:08d}.pt"


def listed(folder: Path) -> list[Path]:
    """The checkpoint files in `folder`, newest first."""
    named = ((_NAME.fullmatch(path.name), path) for path in folder.glob("step-*.pt"))
    steps = [(int(match[1]), path) for match, path in named if match]
    return [path for _, path in sorted(steps, reverse=True)]


def save(folder: Path, step: int, state: Mapping[str, Any]) -> Path:
    """Write the checkpoint of `step`; one that is there and whole is left alone.

    The checksum is in place before the file that it belongs to, so that whatever file is there
    can be checked.

    Args:
        folder: made if missing.
        step: optimizer steps done.
        state: tensors and plain containers.

    Raises:
        OSError: no space or no permission; earlier checkpoints are untouched.
    """
    path = path_of(folder, step)
    if is_intact(path):
        return path
    folder.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    torch.save({"format": FORMAT, "step": step, **state}, buffer)
    data = buffer.getbuffer()
    write_sidecar(path, digest_of(data))
    atomic_write(path, lambda stream: _write(stream, data))
    _log.info("saved %s", path)
    return path


def is_intact(path: Path) -> bool:
    """True if `path` is a file with the recorded checksum."""
    try:
        return recorded_digest(path) == digest_of(_read(path))
    except Unusable:
        return False


def load(path: Path) -> State:
    """The content of one checkpoint file, on the CPU; no code in it is run.

    Raises:
        Unusable: damaged, no checkpoint, or of a newer format.
    """
    data = _read(path)
    recorded = recorded_digest(path)
    if recorded is not None and recorded != digest_of(data):
        raise Unusable("its checksum is not the recorded one")
    try:
        state = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception as problem:  # torch raises six kinds for a damaged file
        raise Unusable(f"it cannot be read ({type(problem).__name__})") from problem
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise Unusable(f"it is not a checkpoint of format {FORMAT}")
    _log.info("read %s", path)
    return state


def load_newest(folder: Path) -> Found | None:
    """The newest checkpoint that is whole, or None where there is no checkpoint file at all.

    Raises:
        Refused: there are files, and none can be used.
    """
    remarks: list[str] = []
    for path in listed(folder):
        try:
            state = load(path)
        except Unusable as problem:
            remarks.append(f"{path.name} is passed over: {problem}")
            continue
        if recorded_digest(path) is None:
            remarks.append(f"{path.name} has no checksum beside it and is taken as it is")
        return Found(state, path, tuple(remarks))
    if remarks:
        raise Refused(f"no checkpoint in {folder} can be used: {'; '.join(remarks)}")
    return None


def tidy(folder: Path, newest: Path | None) -> None:
    """Before a run goes on from `newest`: remove leftovers, move later, damaged files aside."""
    remove_temporaries(folder)
    for path in listed(folder):
        if path == newest:
            return
        with suppress(OSError):
            path.replace(path.with_name(path.name + ".damaged"))


def prune(folder: Path, keep: int) -> None:
    """Remove all but the newest `keep` checkpoints, provided that the newest is whole."""
    paths = listed(folder)
    if len(paths) <= keep or not is_intact(paths[0]):
        return
    for path in paths[keep:]:
        with suppress(OSError):
            path.unlink()
            sidecar_of(path).unlink(missing_ok=True)


def _write(stream: BinaryIO, data: memoryview) -> None:
    stream.write(data)


def _read(path: Path) -> bytes:
    if not path.is_file():  # opening a pipe would wait for ever
        raise Unusable("it is not a regular file")
    try:
        return path.read_bytes()
    except OSError as problem:
        raise Unusable(f"it cannot be opened ({problem.strerror})") from problem


def explain_failed_save(problem: OSError, folder: Path) -> EnvironmentProblem:
    """The error for a last save that failed."""
    return EnvironmentProblem(
        f"the last checkpoint could not be written to {folder}: {problem.strerror or problem}; "
        "the one before is whole. Make room there, then run again with --resume"
    )
