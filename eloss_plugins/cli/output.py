"""What a command prints: results on standard output, notes for a person on standard error."""

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from eloss_plugins.progress import is_quiet
from eloss_plugins.terminal import encodable, write_line
from eloss_plugins.trainers.processes.surroundings import is_follower


def emit(text: str) -> None:
    """Print a result; a reader that has gone raises BrokenPipeError, which `main` expects."""
    if sys.stdout is not None and not is_follower():
        sys.stdout.write(encodable(text, sys.stdout) + "\n")
        sys.stdout.flush()


def emit_bytes(data: bytes) -> None:
    """Print bytes as they are, whatever the encoding of standard output."""
    if sys.stdout is None or is_follower():
        return
    sys.stdout.flush()
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:  # a stand-in that takes text alone
        sys.stdout.write(data.decode("utf-8", "surrogateescape"))
    else:
        stream.write(data)
    sys.stdout.flush()


def emit_json(value: Any) -> None:
    """Print `value` as JSON and nothing else; not-a-number becomes null."""
    emit(to_json(value))


def note(text: str) -> None:
    """Tell a person something beside the result; silent under `-q`."""
    if not is_quiet() and not is_follower():
        write_line(sys.stderr, text)


def warn(text: str) -> None:
    """Tell a person something that needs attention, under `-q` too."""
    if not is_follower():
        write_line(sys.stderr, f"warning: {text}")


def to_json(value: Any, indent: int | None = 2) -> str:
    """`value` as strict JSON in ASCII."""
    return json.dumps(_plain(value), indent=indent, allow_nan=False)


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, words: bool = False) -> str:
    """Columns as wide as their widest entry: the first to the left, others to the right.

    With `words` all stand to the left.
    """
    cells = [list(header), *[list(row) for row in rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    sides = [str.ljust] * len(header) if words else [str.ljust, *[str.rjust] * (len(header) - 1)]
    lines = [
        "  ".join(s(c, w) for s, c, w in zip(sides, row, widths, strict=True)) for row in cells
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return str(value) if isinstance(value, Path) or not hasattr(value, "item") else value.item()
