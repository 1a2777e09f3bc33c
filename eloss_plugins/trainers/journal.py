"""metrics.jsonl: one object a line, no line twice, none torn."""

import errno
import json
import math
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from eloss_plugins.atomic_write import atomic_write_text


class Journal:
    """Appends lines to a file; a line is handed to the system whole, before `write` returns.

    Args:
        path: the file.
        say: told once if the file cannot be written; training goes on.
    """

    def __init__(self, path: Path, say: Callable[[str], None]) -> None:
        self._path, self._say, self._complained = path, say, False

    def write(self, record: Mapping[str, Any]) -> None:
        """Append `record`; numbers that are not finite become null."""
        line = json.dumps(_finite(record), allow_nan=False) + "\n"
        try:
            _append(self._path, line.encode())
        except OSError as problem:
            self._complain(problem)

    def event(self, step: int, event: str, **fields: Any) -> None:
        """Append something that happened at `step`."""
        self.write({"step": step, "kind": "event", "event": event, **fields})

    def _complain(self, problem: OSError) -> None:
        if not self._complained:
            self._say(f"{self._path} cannot be written: {problem.strerror}; training goes on")
        self._complained = True


def keep_until(path: Path, step: int) -> None:
    """Drop the lines of later steps than `step`, which will be written again, and torn lines."""
    with suppress(FileNotFoundError):
        lines = path.read_text(errors="replace").splitlines(keepends=True)
        kept = [line for line in lines if _step_of(line) <= step]
        if kept != lines:
            atomic_write_text(path, "".join(kept))


def read(path: Path) -> list[dict[str, Any]]:
    """The records of a journal, without a torn last line; empty if there is no file."""
    with suppress(FileNotFoundError):
        lines = path.read_text(errors="replace").splitlines(keepends=True)
        return [json.loads(line) for line in lines if _step_of(line) < math.inf]
    return []


def _append(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        size = os.fstat(handle).st_size
        if os.write(handle, data) < len(data):
            os.ftruncate(handle, size)  # a torn line would swallow the next one
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        os.close(handle)


def _step_of(line: str) -> float:
    """The step of a line; infinite if the line is torn."""
    try:
        return float(json.loads(line)["step"]) if line.endswith("\n") else math.inf
    except (ValueError, KeyError, TypeError):
        return math.inf


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
