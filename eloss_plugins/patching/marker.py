"""The comment that ends each line of ours in a patched file, and finding such lines again."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MARKER = "  # eloss"
INDENT = 4  # spaces for one level in the lines that a patch set declares

_MARKED = re.compile(rb"([ \t\f]*)(\S.*?)  # eloss\r?\n?")


@dataclass(frozen=True)
class MarkedLine:
    """A line that bears our marker.

    Attributes:
        index: of the line in the file, from 0.
        indent: blanks before it.
        body: the line without indentation, marker and line end.
    """

    index: int
    indent: bytes
    body: bytes


def lines_of(data: bytes) -> list[bytes]:
    """The lines with their ends; only a line feed ends a line, as for Python's tokenizer."""
    return re.findall(rb"[^\n]*\n|[^\n]+", data)


def marked_lines(lines: Sequence[bytes]) -> list[MarkedLine]:
    """Those lines that bear the marker at their end, in order."""
    found = ((index, _MARKED.fullmatch(line)) for index, line in enumerate(lines))
    return [MarkedLine(index, match[1], match[2]) for index, match in found if match]


def unmarked(data: bytes) -> bytes:
    """The file without any marked line, whoever put it there; for searching in it."""
    lines = lines_of(data)
    ours = {line.index for line in marked_lines(lines)}
    return b"".join(line for index, line in enumerate(lines) if index not in ours)
