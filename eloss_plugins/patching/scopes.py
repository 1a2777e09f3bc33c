"""Qualified names of a module's classes and functions, and the statements of one of them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
Owner = ast.Module | ast.stmt
"""What a block of statements belongs to."""


@dataclass(frozen=True)
class Placed:
    """A statement and the block that it stands in."""

    node: ast.stmt
    block: tuple[ast.stmt, ...]
    owner: Owner


def statements(scope: Owner) -> Iterator[Placed]:
    """The statements of a scope in the order of the text, without those of nested definitions.

    An `elif` is a part of its `if` and no statement of its own.
    """
    for block in _blocks(scope):
        for node in block:
            yield Placed(node, tuple(block), scope)
            if not isinstance(node, Definition):
                yield from statements(node)


def definitions(scope: Owner, prefix: str = "") -> Iterator[tuple[str, Definition]]:
    """All classes and functions with their qualified names, those in branches too."""
    for placed in statements(scope):
        if isinstance(placed.node, Definition):
            name = prefix + placed.node.name
            yield name, placed.node
            yield from definitions(placed.node, name + ".")


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for _, value in ast.iter_fields(node):
        if not isinstance(value, list) or not value:
            continue
        if isinstance(value[0], ast.ExceptHandler | ast.match_case):
            for part in value:
                yield from _blocks(part)
        elif isinstance(value[0], ast.stmt):
            yield from _blocks(value[0]) if _is_elif(node, value[0]) else [value]


def _is_elif(node: ast.AST, first: ast.stmt) -> bool:
    if not isinstance(node, ast.If) or not isinstance(first, ast.If):
        return False
    return node.orelse[:1] == [first] and first.col_offset == node.col_offset
