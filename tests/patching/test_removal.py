import pytest

from eloss_plugins.errors import Refused
from eloss_plugins.patching.patch_set import Anchor, Edit
from eloss_plugins.patching.removal import carried, carries, without

X = Anchor("assign", assigns="x")
ONE = Edit("a.py", X, "after", ("y = 1",))
TWO = Edit("a.py", X, "after", ("if x:", "    y = 2"))
START = Edit("a.py", X, "after", ("if x:",))
PATCHED = b"x = 1\nif x:  # eloss\n    y = 2  # eloss\nz = 3\n"
PLAIN = b"x = 1\nz = 3\n"

KEPT = {
    "nothing else": (PATCHED, PLAIN),
    "edits around": (b"# mine\n" + PATCHED + b"w = 4\n", b"# mine\n" + PLAIN + b"w = 4\n"),
    "edits directly beside": (
        b"x = 1\n# a\nif x:  # eloss\n    y = 2  # eloss\n# b\n", b"x = 1\n# a\n# b\n"),
    "line ends changed": (PATCHED.replace(b"\n", b"\r\n"), PLAIN.replace(b"\n", b"\r\n")),
    "indented deeper": (
        b"if a:\n  x = 1\n  if x:  # eloss\n     y = 2  # eloss\n", b"if a:\n  x = 1\n"),
    "tabs now": (b"if a:\n\tx = 1\n\tif x:  # eloss\n\t\ty = 2  # eloss\n", b"if a:\n\tx = 1\n"),
    "blank line in the middle": (
        b"x = 1\nif x:  # eloss\n\n    y = 2  # eloss\nz = 3\n", b"x = 1\n\nz = 3\n"),
    "no final newline": (b"x = 1\nif x:  # eloss\n    y = 2  # eloss", b"x = 1"),
    "no final newline, CRLF": (b"x = 1\r\nif x:  # eloss\r\n    y = 2  # eloss", b"x = 1"),
    "lines of another set": (b"w = 1  # eloss\n" + PATCHED, b"w = 1  # eloss\n" + PLAIN),
    "user in the middle of an edit": (b"def f(:\n" + PATCHED, b"def f(:\n" + PLAIN),
    "bytes that do not decode": (b"# \xff\n" + PATCHED, b"# \xff\n" + PLAIN),
}  # fmt: skip

REFUSED = {
    "edited": (
        PATCHED.replace(b"y = 2", b"y = 5"), r"a.py, line 2: .*edited(?s:.*)\+y = 5  # eloss"),
    "first line edited": (PATCHED.replace(b"if x:", b"if not x:"), "edited or deleted"),
    "line deleted": (b"x = 1\nif x:  # eloss\n    y = 3\nz = 3\n", r"\n +-y = 2  # eloss"),
    "all deleted": (PLAIN, "the file: our lines were edited or deleted"),
    "marker deleted": (PATCHED.replace(b"x:  # eloss", b"x:"), "edited or deleted"),
    "split by code": (PATCHED.replace(b"    y", b"    w = 1\n    y"), r"\n +\+w = 1"),
    "split by a comment": (PATCHED.replace(b"    y", b"    # why\n    y"), r"\n +\+# why"),
    "levels changed": (PATCHED.replace(b"    y", b"y"), "edited or deleted"),
    "copied": (PATCHED * 2, "begin at lines 2, 6; delete the copies"),
    "holds code of the user": (
        PATCHED.replace(b"    y = 2  # eloss\n", b"    y = 2  # eloss\n    w = 1\n"),
        "would not parse; code of yours"),
}  # fmt: skip


@pytest.mark.parametrize("name", KEPT)
def test_our_lines_go_and_all_others_stay(name):
    patched, plain = KEPT[name]
    assert without("a.py", patched, [TWO]) == plain
    assert carries(patched, [TWO])


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_as_inserted_is_refused_and_shown(name):
    with pytest.raises(Refused, match=REFUSED[name][1]):
        without("a.py", REFUSED[name][0], [TWO])


def test_every_missing_edit_is_listed():
    with pytest.raises(Refused, match=r"-if x:  # eloss(?s:.*)-y = 1  # eloss"):
        without("a.py", PLAIN, [ONE, TWO])


def test_edit_that_begins_another_one_is_told_apart():
    patched = b"if x:  # eloss\n    y = 2  # eloss\nif x:  # eloss\n    z = 3\n"
    assert carries(patched, [START, TWO])
    assert without("a.py", b"def f(:\n" + patched, [START, TWO]) == b"def f(:\n    z = 3\n"


def test_two_edits_with_equal_lines_go_together():
    patched = b"x = 1\ny = 1  # eloss\nx = 2\ny = 1  # eloss\n"
    assert (
        without("a.py", patched, [ONE, Edit("a.py", X, "before", ONE.lines)]) == b"x = 1\nx = 2\n"
    )
    assert not carries(patched, [ONE])


def test_part_of_the_edits_is_told():
    assert carried(PATCHED, [ONE, TWO]) == (TWO,)
    assert carried(PLAIN, [ONE, TWO]) == ()
    assert not carries(PATCHED, [ONE, TWO])
    assert not carries(PATCHED, [])


@pytest.mark.parametrize("line", [b"# eloss", b"x = '  # eloss'", b"x = 1 # eloss", b"  # eloss"])
def test_what_only_looks_like_a_marker_stays(line):
    assert without("a.py", line + b"\n" + PATCHED, [TWO]) == line + b"\n" + PLAIN
