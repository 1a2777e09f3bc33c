"""Finding the one statement that an anchor describes, or saying what is there instead."""

import ast
import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from eloss_plugins.patching.matchers import matches
from eloss_plugins.patching.patch_set import Anchor
from eloss_plugins.patching.scopes import Owner, Placed, definitions, statements
from eloss_plugins.patching.source import Source

_SHOWN = 100  # characters of a statement in a message
_NOTHING = re.compile(r"[;\s]*(#.*)?\s*")  # after a statement
_ALIKE = 0.3  # similarity under which a statement is not worth showing


@dataclass(frozen=True)
class Match:
    """The lines of the statement that was found.

    Attributes:
        first: number of its first line, from 1, decorators included.
        last: number of its last line.
        indent: blanks before it.
        unit: blanks of one more level in that block.
    """

    first: int
    last: int
    indent: str
    unit: str


@dataclass(frozen=True)
class Miss:
    """Why there is not one such statement.

    Attributes:
        symbol: qualified name of the scope, or `module level`.
        looked_for: the statement in words.
        reason: what is wrong.
        nearest: what is most like it there; `""` if nothing is.
        lines: numbers of the lines that the reason is about.
    """

    symbol: str
    looked_for: str
    reason: str
    nearest: str = ""
    lines: tuple[int, ...] = ()

    def __str__(self) -> str:
        nearest = f"; nearest is {self.nearest}" if self.nearest else ""
        return f"{self.symbol}: looked for {self.looked_for}; {self.reason}{nearest}"


def find(source: Source, anchor: Anchor) -> Match | Miss:
    """The statement, when there is exactly one and it has its lines to itself.

    Statements on our own marked lines do not count.

    Raises:
        UsageError: the anchor itself is wrong.
    """
    scopes: list[Owner] = _scopes(source, anchor.scope)
    if len(scopes) != 1:
        return _no_scope(source, anchor, scopes)
    found = _placed(source, scopes[0], anchor)
    return found if isinstance(found, Miss) else _lines(source, anchor, found)


def describe(anchor: Anchor) -> str:
    """The statement of an anchor in words."""
    arguments = ", ".join(anchor.arguments)
    parts = [
        anchor.kind,
        f" of `{anchor.assigns}`" if anchor.assigns else "",
        f" calling `{anchor.calls}`" if anchor.calls else "",
        f" with `{arguments}`" if arguments else "",
        f", {anchor.which} one" if anchor.which != "only" else "",
        f", below the {describe(anchor.below)}" if anchor.below else "",
    ]
    return "".join(parts)


def _scopes(source: Source, scope: str) -> list[Owner]:
    if not scope:
        return [source.tree]
    return [node for name, node in definitions(source.tree) if name == scope]


def _no_scope(source: Source, anchor: Anchor, scopes: Sequence[Owner]) -> Miss:
    if scopes:
        lines = tuple(node.lineno for node in scopes if isinstance(node, ast.stmt))
        return _miss(anchor, f"ambiguous: {anchor.scope} is defined in {_at(lines)}", lines=lines)
    names = [name for name, _ in definitions(source.tree)]
    near = difflib.get_close_matches(anchor.scope, names, n=3, cutoff=0.5)
    return _miss(anchor, "symbol not found", nearest=", ".join(near))


def _placed(source: Source, scope: Owner, anchor: Anchor) -> Placed | Miss:
    candidates = [it for it in statements(scope) if it.node.lineno not in source.marked]
    if anchor.below is not None:
        above = _placed(source, scope, replace(anchor.below, scope=anchor.scope))
        if isinstance(above, Miss):
            return above
        candidates = list(_below(above, candidates))
    hits = [it for it in candidates if matches(it.node, anchor)]
    if not hits:
        return _miss(anchor, "not found", nearest=_nearest(anchor, candidates))
    if len(hits) > 1 and anchor.which == "only":
        lines = tuple(it.node.lineno for it in hits)
        return _miss(anchor, f"ambiguous: found in {_at(lines)}", lines=lines)
    return hits[-1 if anchor.which == "last" else 0]


def _below(above: Placed, candidates: Sequence[Placed]) -> Iterator[Placed]:
    index = above.block.index(above.node)
    siblings = {id(node) for node in above.block[index + 1 :]}
    return (it for it in candidates if id(it.node) in siblings)


def _lines(source: Source, anchor: Anchor, placed: Placed) -> Match | Miss:
    node = placed.node
    decorators = getattr(node, "decorator_list", [])
    first, last = min(part.lineno for part in (node, *decorators)), node.end_lineno or node.lineno
    head = _cut(source.lines[node.lineno - 1], node.col_offset)[0]
    tail = _cut(source.lines[last - 1], node.end_col_offset or 0)[1]
    if head.strip() or not _NOTHING.fullmatch(tail):
        reason = f"it shares line {first} with other code; give it a line of its own"
        return _miss(anchor, reason, lines=(first,))
    return Match(first, last, _indent(head), _unit(source, placed))


def _unit(source: Source, placed: Placed) -> str:
    """One level of indentation: of this block, else of the first one in the file, else ours."""
    for inner, owner in [(placed.node, placed.owner), *_first_inside(source.tree)]:
        if isinstance(owner, ast.stmt):
            outer, deeper = (_indent(source.lines[it.lineno - 1]) for it in (owner, inner))
            if deeper.startswith(outer) and deeper != outer:
                return deeper[len(outer) :]
    return "    "


def _first_inside(tree: ast.Module) -> Iterator[tuple[ast.stmt, Owner]]:
    for owner in tree.body:
        if body := getattr(owner, "body", None):
            yield body[0], owner


def _indent(line: str) -> str:
    """Blanks before a line; a form feed starts the count anew."""
    return line[: len(line) - len(line.lstrip(" \t\f"))].rpartition("\f")[2]


def _cut(line: str, offset: int) -> tuple[str, str]:
    """A line before and after a column of the syntax tree, which counts bytes of UTF-8."""
    data = line.encode()
    return data[:offset].decode(), data[offset:].decode()


def _nearest(anchor: Anchor, candidates: Sequence[Placed]) -> str:
    sketch = f"{anchor.assigns or ''} {anchor.calls or ''} {' '.join(anchor.arguments)}"
    alike = [(_likeness(sketch, it.node), it.node) for it in candidates]
    best = max(alike, key=lambda pair: pair[0], default=None)
    if best is None or best[0] < _ALIKE:
        return ""
    return f"line {best[1].lineno}, `{_first_line(best[1])}`"


def _likeness(sketch: str, node: ast.stmt) -> float:
    return difflib.SequenceMatcher(None, sketch, _first_line(node)).ratio()


def _first_line(node: ast.stmt) -> str:
    return ast.unparse(node).splitlines()[0][:_SHOWN]


def _at(lines: Sequence[int]) -> str:
    return "lines " + " and ".join(str(line) for line in lines)


def _miss(anchor: Anchor, reason: str, nearest: str = "", lines: tuple[int, ...] = ()) -> Miss:
    return Miss(anchor.scope or "module level", describe(anchor), reason, nearest, lines)
