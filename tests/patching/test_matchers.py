import ast

import pytest

from eloss_plugins.errors import UsageError
from eloss_plugins.patching.matchers import matches
from eloss_plugins.patching.patch_set import Anchor

ERROR = Anchor("assign", assigns="error", calls="compute", arguments=("out", "eps[:, 1]"))
PAIR = Anchor("assign", assigns="a, b", calls="f")
IF = Anchor("if", arguments=("x == 'a'",))
SORTED = Anchor("call", calls="sort", arguments=("key=len",))

SAME = [
    (ERROR, "error = self.compute(out, eps[:, 1], t)"),
    (ERROR, "error = (\n    compute(  # why\n        out,\n        eps[:,1]\n    )\n)"),
    (ERROR, "error: Tensor = self.model.compute(out, eps[:, 1])"),
    (ERROR, "error = first = await self.compute(out, eps[:, 1], scale=2)"),
    (ERROR, "error = get(1).compute(out, eps[:, 1])"),
    (PAIR, "(a, b) = f()"),
    (PAIR, "a, b = f()"),
    (Anchor("assign", assigns="self.kind"), "self.kind = kind"),
    (Anchor("assign", assigns="x['k']"), 'x["k"] = 1'),
    (Anchor("call", calls="add"), "parser.add(1)"),
    (Anchor("call", calls="add"), "await add(1)"),
    (SORTED, "items.sort(reverse=True, key=len)"),
    (Anchor("return"), "return"),
    (Anchor("return", calls="f"), "return f(1)"),
    (Anchor("import", assigns="np"), "import numpy as np"),
    (Anchor("import", assigns="nn"), "from torch import (optim,\n    nn)"),
    (Anchor("function", assigns="f"), "@cache\nasync def f(x: int) -> None:\n    'doc'"),
    (Anchor("class", assigns="C"), "class C(Base): pass"),
    (IF, 'if x == "a":\n    pass'),
]

OTHER = [
    (ERROR, "errors = self.compute(out, eps[:, 1])"),
    (ERROR, "error = self.compute_all(out, eps[:, 1])"),
    (ERROR, "error = self.recompute(out, eps[:, 1])"),
    (ERROR, "error = self.compute(out, eps[:, 2])"),
    (ERROR, "error = self.compute(eps[:, 1], out)"),
    (ERROR, "error = self.compute(out)"),
    (ERROR, "error = self.compute(*out)"),
    (ERROR, "error = self.compute(out=out, eps=eps[:, 1])"),
    (ERROR, "error = self.compute(out, eps[:, 1]).mean()"),
    (ERROR, "error = 0.5 * self.compute(out, eps[:, 1])"),
    (ERROR, "error += self.compute(out, eps[:, 1])"),
    (ERROR, "error: Tensor"),
    (ERROR, "error, _ = self.compute(out, eps[:, 1])"),
    (ERROR, "self.compute(out, eps[:, 1])"),
    (ERROR, "return self.compute(out, eps[:, 1])"),
    (PAIR, "b, a = f()"),
    (Anchor("assign", assigns="kind"), "self.kind = kind"),
    (Anchor("call", calls="add"), "x = add(1)"),
    (Anchor("call", calls="parser.add"), "args.add(1)"),
    (SORTED, "items.sort(key=str)"),
    (Anchor("return", calls="f"), "return f"),
    (Anchor("import", assigns="numpy"), "import numpy as np"),
    (Anchor("function", assigns="f"), "f = lambda: 1"),
    (Anchor("class", assigns="C"), "def C(): pass"),
    (IF, "if x != 'a': pass"),
    (IF, "while x == 'a': pass"),
]


def statement(text: str) -> ast.stmt:
    return ast.parse(text).body[0]


@pytest.mark.parametrize(("anchor", "text"), SAME)
def test_formatting_and_annotations_do_not_matter(anchor, text):
    assert matches(statement(text), anchor)


@pytest.mark.parametrize(("anchor", "text"), OTHER)
def test_everything_else_matters(anchor, text):
    assert not matches(statement(text), anchor)


def test_unknown_kind_lists_the_known_ones():
    with pytest.raises(UsageError, match="assign.*got 'assignment'"):
        matches(statement("a = 1"), Anchor("assignment"))


def test_anchor_that_is_no_python_is_refused():
    with pytest.raises(UsageError, match="expression"):
        matches(statement("a = 1"), Anchor("assign", assigns="a ="))
