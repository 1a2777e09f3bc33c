"""Changes of a source after which an anchor must not be accepted any more."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from eloss_plugins.patching.anchors import Match, find
from eloss_plugins.patching.patch_set import Edit
from eloss_plugins.patching.scopes import definitions
from eloss_plugins.patching.source import Source


@dataclass(frozen=True)
class Mutation:
    """A changed file, and in words what was changed."""

    what: str
    data: bytes


def mutations(data: bytes, edit: Edit) -> Iterator[Mutation]:
    """Every change that we can think of that takes the edit's anchor away."""
    source = Source.read(edit.file, data)
    match = find(source, edit.anchor)
    assert isinstance(match, Match), match
    if edit.anchor.kind == "assign":
        yield from _of_statement(source, match)
    yield from _of_words(source, match, edit)
    yield from _of_scope(source, edit)


def _of_statement(source: Source, match: Match) -> Iterator[Mutation]:
    above, below = source.lines[: match.first - 1], source.lines[match.last :]
    own = source.lines[match.first - 1 : match.last]
    indent, end = match.indent, "\n"
    statement = ast.unparse(ast.parse("".join(line.removeprefix(indent) for line in own)))
    target, _, value = statement.partition(" = ")
    target = target.partition(":")[0]
    changed = {
        "deleted": [f"{indent}pass{end}"],
        "commented out": [f"{indent}# {line.lstrip()}" for line in own] + [f"{indent}pass{end}"],
        "twice": [*own, *own],
        "in a string": [f"{indent}'''{statement}'''{end}"],
        "in a function": [f"{indent}def inner():{end}", f"{indent}{match.unit}{statement}{end}"],
        "in a class": [f"{indent}class Inner:{end}", f"{indent}{match.unit}{statement}{end}"],
        "in a lambda": [f"{indent}{target} = lambda: {value}{end}"],
        "value taken on": [f"{indent}{statement}.value{end}"],
        "value negated": [f"{indent}{target} = -{value}{end}"],
        "value scaled": [f"{indent}{target} = 0.5 * {value}{end}"],
        "value in a call": [f"{indent}{target} = checked({value}){end}"],
        "value in a tuple": [f"{indent}{target} = ({value},){end}"],
        "added to": [f"{indent}{target} += {value}{end}"],
        "not assigned": [f"{indent}{value}{end}"],
        "two targets": [f"{indent}{target}, _ = {value}{end}"],
        "an attribute": [f"{indent}{target}.value = {value}{end}"],
        "one line with another": [f"{indent}{statement}; done = True{end}"],
        "in one line with its branch": [f"{indent}if True: {statement}{end}"],
        "conditional": [f"{indent}{target} = {value} if {target} else None{end}"],
        "in both branches": [
            f"{indent}if True:{end}", f"{indent}{match.unit}{statement}{end}",
            f"{indent}else:{end}", f"{indent}{match.unit}{statement}{end}",
        ],
    }  # fmt: skip
    for what, lines in changed.items():
        text = "".join([*above, *lines, *below])
        yield Mutation(f"statement {what}", source.bom + text.encode(source.encoding))


def _of_words(source: Source, match: Match, edit: Edit) -> Iterator[Mutation]:
    """Renames what the anchor names, each word in several ways."""
    above, below = source.lines[: match.first - 1], source.lines[match.last :]
    own = "".join(source.lines[match.first - 1 : match.last])
    anchor = edit.anchor
    words = [anchor.assigns or "", (anchor.calls or "").rpartition(".")[2], *anchor.arguments]
    for word in (it for it in words if it and it in own):  # a user may have other quotes
        for new in (f"{word}_", f"_{word}", f"my.{word}.x", f"{word}[0]", f"{word}2", "other"):
            text = "".join([*above, own.replace(word, new, 1), *below])
            yield Mutation(f"{word} -> {new}", source.bom + text.encode(source.encoding))


def _of_scope(source: Source, edit: Edit) -> Iterator[Mutation]:
    """Renames and doubles each class and function around the statement."""
    text = "".join(source.lines)
    for name, node in definitions(source.tree):
        if f"{edit.anchor.scope}.".startswith(f"{name}."):
            own = source.lines[node.lineno - 1 : node.end_lineno]
            above, below = source.lines[: node.lineno - 1], source.lines[node.end_lineno :]
            for new in (f"{node.name}_", f"My{node.name}", "other"):
                head = own[0].replace(node.name, new, 1)
                text = "".join([*above, head, *own[1:], *below])
                yield Mutation(f"{name} -> {new}", source.bom + text.encode(source.encoding))
            text = "".join([*above, *own, *own, *below])
            yield Mutation(f"{name} twice", source.bom + text.encode(source.encoding))
