"""What a stream can show, and how a person reads a number of seconds."""

import os
import sys
from typing import IO

DEFAULT_COLUMNS = 80
PLAIN_WORDS = str.maketrans({"±": "+/-", "Å": "A", "→": "->", "×": "x", "…": "...", "·": "-"})


def write_line(stream: IO[str] | None, text: str) -> None:
    """Write `text` and a newline; characters that the stream cannot encode get plain stand-ins.

    A closed or full stream is not an error: the work matters more than its log.
    """
    if stream is None:
        return
    try:
        stream.write(encodable(text, stream) + "\n")
        stream.flush()
    except (OSError, ValueError):
        return


def encodable(text: str, stream: IO[str]) -> str:
    """`text` in characters that `stream` can take: "+/-" for "±", escapes for the rest."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(PLAIN_WORDS).encode(encoding, "backslashreplace").decode(encoding)
    return text


def columns() -> int:
    """Width of the terminal; `COLUMNS` wins if it is a positive number."""
    wanted = os.environ.get("COLUMNS", "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    try:
        return os.get_terminal_size(sys.__stderr__.fileno()).columns or DEFAULT_COLUMNS  # type: ignore[union-attr]
    except (OSError, ValueError, AttributeError):
        return DEFAULT_COLUMNS


def is_terminal(stream: IO[str] | None) -> bool:
    """Whether a person looks at `stream`."""
    try:
        return stream is not None and stream.isatty()
    except (OSError, ValueError):
        return False


def can_redraw(stream: IO[str] | None) -> bool:
    """Whether lines on `stream` can be overwritten (a terminal, and not a dumb one)."""
    return os.environ.get("TERM", "") not in ("", "dumb", "unknown") and is_terminal(stream)


def wants_colour(stream: IO[str] | None) -> bool:
    """Whether colour codes may go to `stream` (NO_COLOR, TERM, FORCE_COLOR, CLICOLOR)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return os.environ.get("CLICOLOR") != "0" and is_terminal(stream)


def duration(seconds: float) -> str:
    """`seconds` as a person says it: "45 s", "12 min", "3 h 05 min"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"
