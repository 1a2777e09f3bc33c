"""Our lines taken out of a patched file again, told by their marker and their text."""

import difflib
from collections.abc import Iterable, Sequence

from eloss_plugins.errors import Refused
from eloss_plugins.patching.marker import INDENT, MARKER, MarkedLine, lines_of, marked_lines
from eloss_plugins.patching.patch_set import Edit
from eloss_plugins.patching.source import parsed

Block = tuple[MarkedLine, ...]


def without(path: str, data: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes of a file with the lines of `edits` taken out; every other byte stays.

    Marked lines of other edits stay as well.

    Args:
        path: for messages.
        data: the file as it is now, patched and perhaps edited since.
        edits: those of this file.

    Raises:
        Refused: a line of ours is missing, edited, split by other lines, or there twice; or the
            file would no longer parse although it does now.
    """
    kept = taken_out(path, data, edits)
    _check_parses(path, data, kept)
    return kept


def taken_out(path: str, data: bytes, edits: Iterable[Edit]) -> bytes:
    """The same without looking at what the rest is.

    Raises:
        Refused: a line of ours is missing, edited, split by other lines, or there twice.
    """
    lines = lines_of(data)
    blocks, missing = _found(lines, edits)
    if missing:
        raise Refused("\n".join(_missing(path, lines, blocks, edit) for edit in missing))
    ours = {line.index for block in blocks for line in block}
    kept = b"".join(line for index, line in enumerate(lines) if index not in ours)
    if lines and not lines[-1].endswith(b"\n") and len(lines) - 1 in ours:
        return kept.removesuffix(b"\n").removesuffix(b"\r")
    return kept


def carries(data: bytes, edits: Iterable[Edit]) -> bool:
    """Whether all lines of `edits` are in the file, each edit once and unedited."""
    edits = tuple(edits)
    return bool(edits) and len(carried(data, edits)) == len(edits)


def carried(data: bytes, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Those of `edits` whose lines are in the file, once and unedited."""
    if MARKER.encode() not in data:
        return ()
    edits = tuple(edits)
    missing = _found(lines_of(data), edits)[1]
    return tuple(edit for edit in edits if edit not in missing)


def _found(lines: Sequence[bytes], edits: Iterable[Edit]) -> tuple[list[Block], list[Edit]]:
    """The blocks of all edits, and the edits whose blocks are not there as often as they should.

    Longer ones are looked for first, since a short one may be the beginning of a long one.
    """
    left = marked_lines(lines)
    blocks: list[Block] = []
    missing: list[Edit] = []
    by_lines: dict[tuple[str, ...], list[Edit]] = {}
    for edit in edits:
        by_lines.setdefault(edit.lines, []).append(edit)
    for group in sorted(by_lines.values(), key=lambda it: -len(it[0].lines)):
        found = _occurrences(lines, left, group[0])
        if len(found) == len(group):
            blocks += found
            taken = {line.index for block in found for line in block}
            left = [line for line in left if line.index not in taken]
        else:
            missing += group
    return blocks, missing


def _occurrences(lines: Sequence[bytes], marked: list[MarkedLine], edit: Edit) -> list[Block]:
    """Non-overlapping runs of marked lines that are those of the edit, at any indentation."""
    found: list[Block] = []
    start = 0
    while start <= len(marked) - len(edit.lines):
        block = tuple(marked[start : start + len(edit.lines)])
        if _is_block(lines, block, edit):
            found.append(block)
            start += len(block)
        else:
            start += 1
    return found


def _is_block(lines: Sequence[bytes], block: Block, edit: Edit) -> bool:
    if any(
        line.body != text.lstrip().encode() for line, text in zip(block, edit.lines, strict=True)
    ):
        return False
    between = lines[block[0].index : block[-1].index + 1]
    if sum(1 for line in between if line.strip()) != len(block):
        return False  # other code in the middle
    depths = {(_blanks(text), line.indent) for line, text in zip(block, edit.lines, strict=True)}
    by_depth = [len(indent) for _, indent in sorted(depths)]
    return len({depth for depth, _ in depths}) == len(depths) and by_depth == sorted(set(by_depth))


def _blanks(text: str) -> int:
    return (len(text) - len(text.lstrip())) // INDENT


def _missing(path: str, lines: Sequence[bytes], blocks: list[Block], edit: Edit) -> str:
    """What was inserted against what is there, for the message."""
    taken = {line.index for block in blocks for line in block}
    left = [line for line in marked_lines(lines) if line.index not in taken]
    found = _occurrences(lines, left, edit)
    if len(found) > 1:
        at = ", ".join(str(block[0].index + 1) for block in found)
        return f"{path}: the same lines of ours begin at lines {at}; delete the copies"
    near = _nearest(len(lines), left, edit)
    there = [_decoded(line) for line in lines[near.start : near.stop]]
    ours = [line.lstrip() + MARKER for line in edit.lines]
    hunk = list(difflib.unified_diff(ours, there, n=len(ours), lineterm=""))[3:]
    place = f"line {near.start + 1}" if near else "the file"
    shown = "\n".join(f"    {line}" for line in hunk)
    return (
        f"{path}, {place}: our lines were edited or deleted; inserted (-) and found (+):\n{shown}"
    )


def _nearest(end: int, left: list[MarkedLine], edit: Edit) -> range:
    """The lines that stand where those of the edit would, by the marked ones that are like them."""
    texts = [line.lstrip() for line in edit.lines]
    alike: list[tuple[int, int]] = []
    for line in left:
        near = difflib.get_close_matches(_decoded(line.body), texts, n=1)
        if near and (not alike or line.index - alike[0][0] < 2 * len(texts)):
            alike.append((line.index, texts.index(near[0])))
    if not alike:
        return range(0)
    (first, before), (last, at) = alike[0], alike[-1]
    return range(max(first - before, 0), min(last + len(texts) - at, end))


def _decoded(line: bytes) -> str:
    return line.decode(errors="replace").strip()


def _check_parses(path: str, before: bytes, after: bytes) -> None:
    try:
        parsed(path, before)
    except (Refused, ValueError):
        return
    try:
        parsed(path, after)
    except Refused as error:
        raise Refused(
            f"without our lines the file would not parse; code of yours stands inside or needs "
            f"them. {error}"
        ) from None
