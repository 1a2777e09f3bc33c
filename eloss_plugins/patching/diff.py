"""A plan as a unified diff that `git apply` takes in both directions."""

import difflib
from collections.abc import Iterator, Sequence

from eloss_plugins.patching.marker import lines_of
from eloss_plugins.patching.plan import FileChange, Plan

CONTEXT = 3  # lines around a change, git's own default
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
_UNENDED = b"\n\\ No newline at end of file\n"


def unified(plan: Plan) -> bytes:
    """The unified diff of all changes, with git's headers; empty when nothing changes.

    The bytes of the files are kept as they are, whatever their encoding and line ends.
    """
    return b"".join(part for change in plan.changes for part in _file(change))


def _file(change: FileChange) -> Iterator[bytes]:
    old, new = _name(f"a/{change.path}"), _name(f"b/{change.path}")
    tab = "\t" if " " in change.path else ""  # where the name ends, as git writes it
    yield f"diff --git {old} {new}\n--- {old}{tab}\n+++ {new}{tab}\n".encode()
    before, after = lines_of(change.before), lines_of(change.after)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for group in matcher.get_grouped_opcodes(CONTEXT):
        yield _range_line(group)
        for tag, *span in group:
            yield from _lines(tag, before[span[0] : span[1]], after[span[2] : span[3]])


def _range_line(group: Sequence[tuple[str, int, int, int, int]]) -> bytes:
    first, last = group[0], group[-1]
    old, new = _range(first[1], last[2]), _range(first[3], last[4])
    return f"@@ -{old} +{new} @@\n".encode()


def _range(start: int, end: int) -> str:
    """First line and number of lines; an empty range names the line before it."""
    return f"{start + (end > start)},{end - start}"


def _lines(tag: str, old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[bytes]:
    if tag == "equal":
        yield from (_line(b" ", line) for line in old)
    else:
        yield from (_line(b"-", line) for line in old)
        yield from (_line(b"+", line) for line in new)


def _line(sign: bytes, line: bytes) -> bytes:
    return sign + line if line.endswith(b"\n") else sign + line + _UNENDED


def _name(path: str) -> str:
    """A file name, in quotes where git would take it for something else."""
    escaped = "".join(_ESCAPES.get(letter, letter) for letter in path)
    return path if escaped == path else f'"{escaped}"'
