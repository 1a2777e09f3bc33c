"""What must hold of a patched file before anyone writes it; each a check of the result itself."""

import ast
import warnings
from collections.abc import Collection, Sequence

from eloss_plugins.errors import Refused
from eloss_plugins.patching.insertion import Inserted
from eloss_plugins.patching.names import unbound
from eloss_plugins.patching.patch_set import Edit
from eloss_plugins.patching.removal import taken_out
from eloss_plugins.patching.source import Source


def prove(before: Source, inserted: Inserted, edits: Sequence[Edit]) -> None:
    """Checks that the patched file compiles, is upstream's but for our statements, and reverts.

    Raises:
        Refused: with the check that fails.
    """
    _check_names(inserted)
    _check_compiles(inserted.source)
    rest = _dropped(inserted.source.tree, inserted.ours)
    if ast.dump(rest) != ast.dump(before.tree):
        raise Refused(f"{before.path}: our lines would change the meaning of those around them")
    if taken_out(before.path, inserted.source.data, edits) != before.data:
        raise Refused(f"{before.path}: taking our lines out would not give the same bytes back")


def _check_names(inserted: Inserted) -> None:
    problems = [
        f"{inserted.source.path}: {it.symbol}: our lines read `{it.name}`, which is not bound there"
        + (f"; nearest is `{it.nearest}`" if it.nearest else "")
        for it in unbound(inserted.source.tree, inserted.ours)
    ]
    if problems:
        raise Refused("\n".join(dict.fromkeys(problems)))


def _check_compiles(source: Source) -> None:
    """Compiles the bytes as Python will read them, mark and declared encoding included."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source.data, source.path, "exec", dont_inherit=True)
    except SyntaxError as error:
        where = f"{source.path}, line {error.lineno}"
        raise Refused(f"{where}: would not compile with our lines: {error.msg}") from None


def _dropped(tree: ast.Module, lines: Collection[int]) -> ast.Module:
    dropped = _Dropper(lines).visit(tree)
    assert isinstance(dropped, ast.Module)
    return dropped


class _Dropper(ast.NodeTransformer):
    """Drops the statements that begin on certain lines."""

    def __init__(self, lines: Collection[int]) -> None:
        self._lines = lines

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Visits blocks of statements alone."""
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                setattr(node, name, [self.visit(it) for it in value if not self._ours(it)])
        return node

    def _ours(self, node: object) -> bool:
        return isinstance(node, ast.stmt) and node.lineno in self._lines
