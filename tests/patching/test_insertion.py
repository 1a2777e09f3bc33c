import ast

import pytest

from eloss_plugins.errors import Refused
from eloss_plugins.patching.anchors import Match, find
from eloss_plugins.patching.insertion import Placement, insert
from eloss_plugins.patching.patch_set import Anchor, Edit
from eloss_plugins.patching.source import Source

LINES = ("if x:", "    for y in x:", "        print(y)")


def inserted(data: bytes, *edits: Edit) -> bytes:
    source = Source.read("a.py", data)
    placements = []
    for edit in edits:
        match = find(source, edit.anchor)
        assert isinstance(match, Match), match
        placements.append(Placement(edit, match))
    result = insert(source, placements)
    numbers = [i for i, line in enumerate(result.source.lines, 1) if "# eloss" in line]
    assert sorted(result.ours) == numbers
    return result.source.data


def edit(place, *lines: str, name="x", scope="") -> Edit:
    return Edit("a.py", Anchor("assign", scope, assigns=name), place, lines or ("y = 2",))


CASES = {
    "after": (b"x = 1\nz = 3\n", edit("after"), b"x = 1\ny = 2  # eloss\nz = 3\n"),
    "before": (b"z = 3\nx = 1\n", edit("before"), b"z = 3\ny = 2  # eloss\nx = 1\n"),
    "below the comment that follows on the line": (
        b"x = 1  # one\n# two\n", edit("after"), b"x = 1  # one\ny = 2  # eloss\n# two\n"),
    "after the last line of a statement": (
        b"x = [\n]\n", edit("after"), b"x = [\n]\ny = 2  # eloss\n"),
    "CRLF": (b"x = 1\r\n", edit("after"), b"x = 1\r\ny = 2  # eloss\r\n"),
    "mixed, neighbour CRLF": (
        b"a = 0\nx = 1\r\nb = 2\n", edit("after"), b"a = 0\nx = 1\r\ny = 2  # eloss\r\nb = 2\n"),
    "mixed, neighbour LF": (
        b"a = 0\r\nx = 1\n", edit("before"), b"a = 0\r\ny = 2  # eloss\nx = 1\n"),
    "no final newline": (b"x = 1", edit("after"), b"x = 1\ny = 2  # eloss"),
    "no final newline, CRLF": (
        b"a = 0\r\nx = 1", edit("after"), b"a = 0\r\nx = 1\r\ny = 2  # eloss"),
    "before an unended line": (b"a = 0\nx = 1", edit("before"), b"a = 0\ny = 2  # eloss\nx = 1"),
    "byte order mark": (
        b"\xef\xbb\xbfx = 1\n", edit("before"), b"\xef\xbb\xbfy = 2  # eloss\nx = 1\n"),
    "trailing blanks": (b"x = 1  \t\n", edit("after"), b"x = 1  \t\ny = 2  # eloss\n"),
    "form feed": (b"a = 0\n\x0c\nx = 1\n", edit("after"), b"a = 0\n\x0c\nx = 1\ny = 2  # eloss\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_lines_stand_beside_the_statement(name):
    before, change, after = CASES[name]
    assert inserted(before, change) == after


@pytest.mark.parametrize("unit", ["\t", "  ", "    ", "   "])
def test_indentation_follows_the_block(unit):
    text = f"class C:\n{unit}def f(self):\n{unit * 2}x = []\n"
    expected = f"{unit * 2}if x:  # eloss\n{unit * 3}for y in x:  # eloss\n{unit * 4}print(y)"
    after = inserted(text.encode(), edit("after", *LINES, scope="C.f")).decode()
    assert after == text + expected + "  # eloss\n"
    compile(after, "a.py", "exec")


def test_latin_1_keeps_its_bytes():
    before = b"# coding: latin-1\na = '\xe9'\nx = 1\nb = '\xe8'\n"
    after = b"# coding: latin-1\na = '\xe9'\nx = 1\ny = 2  # eloss\nb = '\xe8'\n"
    assert inserted(before, edit("after")) == after


def test_edits_keep_their_order():
    edits = edit("after", "a = 1"), edit("before", "b = 1"), edit("after", "c = 1")
    marked = b"b = 1  # eloss\nx = 0\na = 1  # eloss\nc = 1  # eloss\n"
    assert inserted(b"x = 0\n", *edits) == marked


def test_lines_after_a_block_stand_above_those_before_the_next_statement():
    text = b"if a:\n    x = 1\nz = 2\n"
    edits = edit("before", "b = 1", name="z"), edit("after", "c = 1")
    marked = b"if a:\n    x = 1\n    c = 1  # eloss\nb = 1  # eloss\nz = 2\n"
    assert inserted(text, *edits) == marked


def test_decorated_function_stays_whole():
    change = Edit("a.py", Anchor("function", assigns="f"), "before", ("y = 2",))
    assert inserted(b"@g\ndef f(): pass\n", change) == b"y = 2  # eloss\n@g\ndef f(): pass\n"


def test_result_that_does_not_parse_is_refused():
    with pytest.raises(Refused, match="does not parse"):
        inserted(b"x = 1\n", edit("after", "if x:"))


def test_all_else_keeps_its_meaning():
    before = b"def f():\n    x = 1\n    return x\n"
    after = ast.parse(inserted(before, edit("after", scope="f")))
    del after.body[0].body[1]
    assert ast.dump(after) == ast.dump(ast.parse(before))
