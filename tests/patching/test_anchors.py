import textwrap
from dataclasses import replace

import pytest

from eloss_plugins.patching.anchors import Match, Miss, find
from eloss_plugins.patching.patch_set import Anchor
from eloss_plugins.patching.source import Source
from tests.patching.sources import GAP, MODEL, TOTAL


def source(text: str) -> Source:
    return Source.read("a.py", textwrap.dedent(text).encode())


def line_of(text: str, part: str) -> int:
    return next(i for i, line in enumerate(text.splitlines(), 1) if part in line)


def hit(text: str, anchor: Anchor) -> Match:
    found = find(source(text), anchor)
    assert isinstance(found, Match), found
    return found


def miss(text: str, anchor: Anchor) -> Miss:
    found = find(source(text), anchor)
    assert isinstance(found, Miss), found
    return found


X = Anchor("assign", assigns="x")


def test_statement_is_found_in_its_scope_alone():
    found = hit(MODEL, GAP)
    assert found.first == line_of(MODEL, "# Compare.") + 1
    assert (found.last, found.indent, found.unit) == (found.first, " " * 8, " " * 4)


def test_last_of_several_below_another_one_is_found():
    assert hit(MODEL, TOTAL).first == line_of(MODEL, "max(total")


def test_only_the_same_block_counts_as_below():
    anchor = replace(X, below=Anchor("assign", assigns="y"))
    assert hit("if a:\n    y = 1\n    x = 1\nelse:\n    x = 2\nx = 3", anchor).first == 3


def test_what_it_should_be_below_must_be_there():
    found = miss("x = 1\n", replace(X, below=Anchor("assign", assigns="y")))
    assert "assign of `y`; not found" in str(found)


@pytest.mark.parametrize("text", ["if a:\n    x = 1", "for a in b:\n    pass\nelse:\n    x = 1",
    "try:\n    pass\nexcept E:\n    x = 1", "try:\n    pass\nfinally:\n    x = 1",
    "with a:\n    x = 1", "if a:\n    pass\nelif b:\n    x = 1",
    "match a:\n    case 1:\n        x = 1", "while a:\n    if b:\n        x = 1"])  # fmt: skip
def test_statements_in_branches_belong_to_the_scope(text):
    assert hit(text, X).first == len(text.splitlines())


@pytest.mark.parametrize("text", ["def f():\n    x = 1", "class C:\n    x = 1", "# x = 1",
                                  "'''\nx = 1\n'''", "x == 1", "y = (x := 1)"])  # fmt: skip
def test_what_is_elsewhere_or_no_statement_is_not_found(text):
    assert miss(text, X).reason == "not found"


def test_lines_of_a_statement_are_all_of_them():
    assert hit("@one\n@two(\n    1)\ndef f():\n    pass\n", Anchor("function", assigns="f")) == (
        Match(1, 5, "", "    ")
    )
    assert hit("x = [\n  1,\n]  # three\n", X) == Match(1, 3, "", "    ")


def test_renamed_function_is_told_with_the_nearest_names():
    found = miss(MODEL.replace("def penalty", "def penalties"), GAP)
    assert found.reason == "symbol not found"
    assert found.nearest.startswith("Shaper.penalties")
    assert found.symbol == "Shaper.penalty"


def test_edited_statement_is_told_with_the_nearest_one():
    found = miss(MODEL.replace("gap = self.misfit(output", "gap = self.misfit2(output"), GAP)
    assert found.reason == "not found"
    line = line_of(MODEL, "# Compare.") + 1
    assert found.nearest == f"line {line}, `gap = self.misfit2(output, level, noise)`"
    assert found.looked_for == "assign of `gap` calling `misfit` with `output`"


@pytest.mark.parametrize(
    "text",
    [
        "class Shaper:\n    def penalty(self): pass\n    def penalty(self): pass\n",
        "class Shaper:\n  if a:\n    def penalty(self): pass\n  else:\n    def penalty(self): 1\n",
        "class Shaper:\n    def penalty(self): pass\nclass Shaper:\n    def penalty(self): 1\n",
    ],
)
def test_two_definitions_are_ambiguous_with_both_lines(text):
    found = miss(text, GAP)
    lines = tuple(i for i, line in enumerate(text.splitlines(), 1) if "def penalty" in line)
    assert found.lines == lines
    assert f"lines {lines[0]} and {lines[1]}" in found.reason


def test_one_definition_in_a_branch_is_found():
    assert hit("if a:\n    def f():\n        x = 1\n", replace(X, scope="f")).first == 3


def test_two_statements_are_ambiguous_with_both_lines():
    found = miss("x = 1\nif a:\n    x = 2\n", X)
    assert (found.lines, found.reason) == ((1, 3), "ambiguous: found in lines 1 and 3")


def test_first_and_last_choose():
    text = "x = 1\nx = 2\nx = 3\n"
    assert hit(text, replace(X, which="first")).first == 1
    assert hit(text, replace(X, which="last")).first == 3


@pytest.mark.parametrize("text", ["x = 1; y = 2", "y = 2; x = 1", "if a: x = 1", "x = 1 \\\n\n",
                                  "class C: x = 1"])  # fmt: skip
def test_statement_must_have_its_lines_to_itself(text):
    anchor = replace(X, scope="C") if text.startswith("class") else X
    assert "shares line 1" in miss(text, anchor).reason


@pytest.mark.parametrize("text", ["x = 1;", "x = 1  # y", "x = 1 ; # y", "x = 1 \t "])
def test_comment_or_blanks_may_follow(text):
    assert hit(text, X).first == 1


def test_elif_is_no_statement():
    anchor = Anchor("if", arguments=("b",))
    assert miss("if a:\n    pass\nelif b:\n    pass\n", anchor).reason == "not found"
    assert hit("if a:\n    pass\nelse:\n    if b:\n        pass\n", anchor).first == 4


def test_lines_of_ours_are_not_found():
    assert hit("x = 1\nx = 2  # eloss\n", X).first == 1


@pytest.mark.parametrize("unit", ["  ", "\t", "        "])
@pytest.mark.parametrize("scope", ["", "f"])
def test_indentation_of_the_file_is_seen(unit, scope):
    text = f"def f():\n{unit}x = 1\nx = 2\n"
    assert hit(text, replace(X, scope=scope)).unit == unit


def test_form_feed_is_no_indentation():
    assert hit("def f():\n\x0c    x = 1\n", replace(X, scope="f")).indent == "    "
