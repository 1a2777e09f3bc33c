import ast
import textwrap

import pytest

from eloss_plugins.patching.names import unbound


def missing(text: str) -> list[str]:
    """Names that the lines with the marker read in vain."""
    text = textwrap.dedent(text)
    ours = {i for i, line in enumerate(text.splitlines(), 1) if line.endswith("# eloss")}
    return [it.name for it in unbound(ast.parse(text), ours)]


BOUND = [
    "import a.b\nx = a  # eloss",
    "from a import b as c\nx = c  # eloss",
    "def f(a, *b, c=1, **d):\n    print(a, b, c, d)  # eloss",
    "def f():\n    x = 1\n    x = x + 1  # eloss",
    "def f():\n    for a, b in c():\n        print(a, b)  # eloss\ndef c(): pass",
    "def f():\n    with open('a') as a:\n        a  # eloss",
    "def f():\n    try: pass\n    except E as e:\n        print(e)  # eloss",
    "def f():\n    if True:\n        a = 1\n    a  # eloss",
    "def f(a):\n    def g():\n        print(a, b)  # eloss\n    b = 1",
    "def f():\n    LATER  # eloss\nLATER = 1",
    "def f():\n    a: int = 1\n    a  # eloss",
    "def f():\n    if (a := 1):\n        a  # eloss",
    "def f():\n    match 1:\n        case a:\n            a  # eloss",
    "def f(b):\n    x = [a + 1 for a in b]  # eloss\n    y = lambda c: c  # eloss",
    "def f(b):\n    for a in b:  # eloss\n        print(a)  # eloss",
    "class C:\n    a = 1\n    b = a  # eloss",
    "from m import *\nx = unknown  # eloss",
    "def f():\n    global a\n    a  # eloss",
    "x = __file__  # eloss",
    "def f():\n    x = 1  # eloss\n    y = x  # eloss",
    "def f():\n    other\n    x = 1  # eloss",
]

UNBOUND = [
    ("x = a  # eloss\na = 1", ["a"]),
    ("x = x + 1  # eloss", ["x"]),
    ("def f():\n    print(a)  # eloss\n    a = 1", ["a"]),
    ("def g():\n    a = 1\ndef f():\n    print(a)  # eloss", ["a"]),
    ("class C:\n    a = 1\n    def f(self):\n        print(a)  # eloss", ["a"]),
    ("def f(b):\n    x = [a for a in b]\n    print(a)  # eloss", ["a"]),
    ("def f():\n    if one:  # eloss\n        two()  # eloss", ["one", "two"]),
    ("def f():\n    self.x = 1  # eloss", ["self"]),
    ("def f():\n    self.x += a  # eloss", ["self", "a"]),
    ("def f():\n    a: int\n    b = a  # eloss", []),
]


@pytest.mark.parametrize("text", BOUND)
def test_bound_names_are_seen(text):
    assert missing(text) == []


@pytest.mark.parametrize(("text", "names"), UNBOUND)
def test_unbound_names_are_seen(text, names):
    assert sorted(missing(text)) == sorted(names)


def test_place_and_nearest_name_are_told():
    tree = ast.parse("class C:\n    def f(self, sigma):\n        return sigma_t")
    (found,) = unbound(tree, {3})
    assert (found.line, found.symbol, found.nearest) == (3, "C.f", "sigma")
