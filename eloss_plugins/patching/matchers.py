"""One small predicate for each kind of statement that an anchor can name.

A predicate compares syntax trees, so blanks, line breaks, quotes, brackets, comments, annotations
and docstrings do not count, and everything else does.
"""

import ast
from collections.abc import Callable
from functools import cache

from eloss_plugins.errors import UsageError
from eloss_plugins.patching.patch_set import Anchor

Matcher = Callable[[ast.stmt, Anchor], bool]


def matches(node: ast.stmt, anchor: Anchor) -> bool:
    """Whether a statement is what the anchor describes, its scope aside.

    Raises:
        UsageError: the kind is not known.
    """
    if anchor.kind not in MATCHERS:
        raise UsageError(
            f"expected a kind of statement among {sorted(MATCHERS)}; got {anchor.kind!r}"
        )
    return MATCHERS[anchor.kind](node, anchor)


def _assign(node: ast.stmt, anchor: Anchor) -> bool:
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        targets = [node.target]
    else:
        return False
    names = {ast.unparse(target) for target in targets}
    return _named(anchor, names) and _called(node.value, anchor)


def _call(node: ast.stmt, anchor: Anchor) -> bool:
    return isinstance(node, ast.Expr) and _is_call(node.value) and _called(node.value, anchor)


def _return(node: ast.stmt, anchor: Anchor) -> bool:
    return isinstance(node, ast.Return) and _called(node.value, anchor)


def _import(node: ast.stmt, anchor: Anchor) -> bool:
    """`assigns` is the name that the import binds."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return False
    return _named(anchor, {alias.asname or alias.name for alias in node.names})


def _function(node: ast.stmt, anchor: Anchor) -> bool:
    """`assigns` is the function's name."""
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _named(anchor, {node.name})


def _class(node: ast.stmt, anchor: Anchor) -> bool:
    """`assigns` is the name of the class."""
    return isinstance(node, ast.ClassDef) and _named(anchor, {node.name})


def _if(node: ast.stmt, anchor: Anchor) -> bool:
    """The one of the `arguments` is the condition."""
    if not isinstance(node, ast.If):
        return False
    return not anchor.arguments or (
        [ast.dump(node.test)] == [ast.dump(_expression(text)) for text in anchor.arguments]
    )


MATCHERS: dict[str, Matcher] = {
    "assign": _assign,
    "call": _call,
    "return": _return,
    "import": _import,
    "function": _function,
    "class": _class,
    "if": _if,
}


def _named(anchor: Anchor, names: set[str]) -> bool:
    return anchor.assigns is None or ast.unparse(_expression(anchor.assigns)) in names


def _is_call(value: ast.expr | None) -> bool:
    return isinstance(value.value if isinstance(value, ast.Await) else value, ast.Call)


def _called(value: ast.expr | None, anchor: Anchor) -> bool:
    """Whether the value is a call as the anchor says, if it says anything of a call."""
    if anchor.calls is None and not anchor.arguments:
        return True
    call = value.value if isinstance(value, ast.Await) else value
    if not isinstance(call, ast.Call):
        return False
    return _has_tail(call.func, anchor.calls) and _starts_with(call, anchor.arguments)


def _has_tail(called: ast.expr, tail: str | None) -> bool:
    return tail is None or f".{ast.unparse(called)}".endswith(f".{tail}")


def _starts_with(call: ast.Call, arguments: tuple[str, ...]) -> bool:
    """Positional arguments are compared in order from the first, `name=value` in any order."""
    expected = _expression(f"_({', '.join(arguments)})")
    assert isinstance(expected, ast.Call)
    first = [ast.dump(argument) for argument in call.args[: len(expected.args)]]
    named = {ast.dump(keyword) for keyword in call.keywords}
    return first == [ast.dump(argument) for argument in expected.args] and (
        {ast.dump(keyword) for keyword in expected.keywords} <= named
    )


@cache
def _expression(text: str) -> ast.expr:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:
        raise UsageError(f"expected a Python expression in an anchor; got {text!r}") from None
