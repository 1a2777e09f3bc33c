"""Our lines put beside the statements that their anchors found."""

from collections.abc import Sequence
from dataclasses import dataclass

from eloss_plugins.patching.anchors import Match
from eloss_plugins.patching.marker import INDENT, MARKER
from eloss_plugins.patching.patch_set import Edit
from eloss_plugins.patching.source import Source


@dataclass(frozen=True)
class Placement:
    """An edit and where it goes.

    Attributes:
        edit: the lines.
        match: the statement that they stand beside.
    """

    edit: Edit
    match: Match

    @property
    def gap(self) -> int:
        """Number of lines of the file above the insertion."""
        return self.match.last if self.edit.place == "after" else self.match.first - 1

    @property
    def neighbour(self) -> int:
        """Index of the line that indentation and line end are taken from."""
        return self.gap - 1 if self.edit.place == "after" else self.gap


@dataclass(frozen=True)
class Inserted:
    """The file with our lines in it.

    Attributes:
        source: the new file.
        ours: numbers of our lines in it, from 1.
    """

    source: Source
    ours: frozenset[int]


def insert(source: Source, placements: Sequence[Placement]) -> Inserted:
    """The file with the lines of all placements.

    The lines take the indentation of their block and the line end of their neighbour; a file
    without a final line end stays so.

    Raises:
        Refused: the result does not parse.
    """
    ordered = sorted(placements, key=lambda it: (it.gap, it.edit.place == "before"))
    lines: list[str] = []
    ours: list[int] = []
    done = 0
    for placement in ordered:
        lines += source.lines[done : placement.gap]
        done = placement.gap
        added = _text(source, placement)
        ours += range(len(lines) + 1, len(lines) + len(added) + 1)
        lines += added
    lines += source.lines[done:]
    return Inserted(source.with_lines(_ended(source, lines)), frozenset(ours))


def _text(source: Source, placement: Placement) -> list[str]:
    end = _line_end(source, placement.neighbour)
    match = placement.match
    return [
        match.indent + match.unit * (_blanks(line) // INDENT) + line.lstrip() + MARKER + end
        for line in placement.edit.lines
    ]


def _blanks(line: str) -> int:
    return len(line) - len(line.lstrip())


def _line_end(source: Source, index: int) -> str:
    """The end of a line; of one without, that of the line above."""
    for line in (source.lines[index], source.lines[index - 1] if index else ""):
        if line.endswith("\n"):
            return "\r\n" if line.endswith("\r\n") else "\n"
    return "\n"


def _ended(source: Source, lines: list[str]) -> tuple[str, ...]:
    """The lines with an end each, but for the last one where the file had none."""
    if not source.lines or source.lines[-1].endswith("\n"):
        return tuple(lines)
    end = _line_end(source, len(source.lines) - 1)
    whole = [line if line.endswith("\n") else line + end for line in lines]
    return (*whole[:-1], whole[-1].removesuffix("\n").removesuffix("\r"))
