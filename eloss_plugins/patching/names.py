"""Whether the names that our lines read are bound at the place where the lines stand."""

import ast
import builtins
import difflib
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from eloss_plugins.patching.scopes import Definition, Owner, statements

Position = tuple[int, int]
_START: Position = (0, 0)
_ALWAYS = frozenset({*dir(builtins), "__file__", "__name__"})
_ASSIGNMENTS = ast.Assign | ast.AnnAssign | ast.AugAssign


@dataclass(frozen=True)
class Unbound:
    """A name that our line reads and that is not bound there.

    Attributes:
        name: the name.
        line: number of our line, from 1.
        symbol: qualified name of the scope, or `module level`.
        nearest: a name alike that is bound there, or `""`.
    """

    name: str
    line: int
    symbol: str
    nearest: str


def unbound(tree: ast.Module, ours: Set[int]) -> tuple[Unbound, ...]:
    """Names that the statements on our lines read and that nothing above them binds.

    Of the function that the lines stand in, bindings above count; of the functions around it and
    of the module, all. Bindings in a branch count: whether it is taken cannot be told.

    Args:
        tree: the patched module.
        ours: numbers of our lines.
    """
    if any(bound == "*" for bound, _ in _bindings(tree)):
        return ()
    return tuple(_unbound(tree, "", _ALWAYS, ours))


def _unbound(scope: Owner, name: str, around: frozenset[str], ours: Set[int]) -> Iterator[Unbound]:
    bound = list(_bindings(scope))
    inside = around if isinstance(scope, ast.ClassDef) else around.union(it for it, _ in bound)
    for placed in statements(scope):
        node = placed.node
        if isinstance(node, Definition) and not ours.isdisjoint(_lines(node)):
            yield from _unbound(node, f"{name}.{node.name}".lstrip("."), inside, ours)
        elif node.lineno in ours:
            for read in _reads(node):
                here = around.union(it for it, at in bound if at <= (read.lineno, read.col_offset))
                if read.id not in here:
                    near = difflib.get_close_matches(read.id, here, n=1)
                    symbol = name or "module level"
                    yield Unbound(read.id, read.lineno, symbol, near[0] if near else "")


def _lines(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _bindings(scope: Owner) -> Iterator[tuple[str, Position]]:
    """Names that a scope binds, and from where on."""
    if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from ((arg.arg, _START) for arg in ast.walk(scope.args) if isinstance(arg, ast.arg))
    for placed in statements(scope):
        node = placed.node
        if isinstance(node, Definition):
            yield node.name, (node.lineno, 0)
        else:
            yield from _bound_by(node)


def _bound_by(node: ast.stmt) -> Iterator[tuple[str, Position]]:
    """Names that a statement binds: an assignment from its end on, others where they stand."""
    end = (node.end_lineno or node.lineno, node.end_col_offset or 0)
    here = end if isinstance(node, _ASSIGNMENTS) else (node.lineno, node.col_offset)
    parts = list(_own(node))
    private = _private(parts)
    for part in parts:
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            if part.id not in private:
                yield part.id, here
        elif isinstance(part, ast.alias):
            yield (part.asname or part.name).split(".")[0], here
        elif isinstance(part, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and part.name:
            yield part.name, here
        elif isinstance(part, ast.Global | ast.Nonlocal):
            yield from ((name, here) for name in part.names)


def _reads(node: ast.stmt) -> Iterator[ast.Name]:
    """Names that a statement reads, but for those that its lambdas and comprehensions bind."""
    parts = list(_own(node))
    private = _private(parts)
    for part in parts:
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) and part.id not in private:
            yield part


def _private(parts: Iterable[ast.AST]) -> set[str]:
    """Names of lambdas' arguments and of comprehensions' variables."""
    names: set[str] = set()
    for part in parts:
        if isinstance(part, ast.arg):
            names.add(part.arg)
        elif isinstance(part, ast.comprehension):
            names |= {it.id for it in ast.walk(part.target) if isinstance(it, ast.Name)}
    return names


def _own(node: ast.stmt) -> Iterator[ast.AST]:
    """A statement and its expressions, without the statements inside it."""
    left: list[ast.AST] = [node]
    while left:
        part = left.pop()
        yield part
        left += (it for it in ast.iter_child_nodes(part) if not isinstance(it, ast.stmt))
