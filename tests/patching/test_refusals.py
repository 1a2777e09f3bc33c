"""What `eloss patch apply` says of a checkout that it refuses; nothing is changed."""

import tracemalloc
from collections.abc import Callable

import pytest

from eloss_plugins.errors import Refused
from eloss_plugins.patching.apply import apply
from eloss_plugins.patching.source import MAX_BYTES

from .checkouts import untouched
from .sources import FILES, MODEL, MODEL_PATH, SCRIPT_PATH, SHAPER

GAP_LINE = "        gap = self.misfit(output, level, noise)\n\n"
HEAD = "    def penalty(self, points, level):\n"


def line_of(text: str, part: str, start: int = 1) -> int:
    lines = enumerate(text.splitlines(), 1)
    return next(number for number, line in lines if number >= start and part in line)


@pytest.fixture
def refusal(eloss_patch, checkout) -> Callable[[], str]:
    """The refusal of the checkout as it is, with or without the upstream's name."""

    def ask() -> str:
        with untouched(checkout):
            said = {
                eloss_patch(*words, str(checkout)).err
                for words in (["apply"], ["apply", "shaper"], ["apply", "--check"])
            }
            assert eloss_patch("apply", str(checkout)).code == 3
        (text,) = said
        return text

    return ask


def edit_model(checkout, old: str, new: str) -> str:
    assert MODEL.count(old)
    text = MODEL.replace(old, new, 1)
    (checkout / MODEL_PATH).write_text(text)
    return text


def test_an_edited_anchor_is_shown_beside_what_was_expected(checkout, refusal):
    text = edit_model(checkout, GAP_LINE, GAP_LINE.replace("(output", "(2 * output"))
    said = refusal()
    assert "Shaper.penalty: looked for assign of `gap` calling `misfit` with `output`" in said
    line = line_of(text, "misfit(2 * output")
    assert f"nearest is line {line}, `gap = self.misfit(2 * output, level, noise)`" in said


def test_a_renamed_function_is_told_with_the_nearest_names(checkout, refusal):
    """It is a sign of the upstream, too."""
    edit_model(checkout, "def penalty", "def penalties")
    assert "Shaper.penalty: looked for" in (said := refusal())
    assert "symbol not found; nearest is Shaper.penalties" in said


def test_a_renamed_class_is_told(checkout, refusal):
    edit_model(checkout, "class Shaper(", "class Shaper2(")
    assert "symbol not found; nearest is Shaper2.penalty" in refusal()


TWICE = HEAD + "        return 0\n\n" + HEAD
BRANCHES = (
    "    if True:\n        def penalty(self): return 0\n    else:\n        def penalty(self): "
    "return 1\n\n"
)


@pytest.mark.parametrize("new", [TWICE, BRANCHES + HEAD], ids=["twice", "in branches"])
def test_two_definitions_are_told_with_both_lines(checkout, refusal, new):
    text = edit_model(checkout, HEAD, new)
    first = line_of(text, "def penalty")
    second = line_of(text, "def penalty", first + 1)
    assert f"Shaper.penalty is defined in lines {first} and {second}" in refusal()


def test_two_statements_are_told_with_both_lines(checkout, refusal):
    text = edit_model(checkout, GAP_LINE, GAP_LINE * 2)
    first = line_of(text, GAP_LINE.strip())
    assert f"ambiguous: found in lines {first} and {first + 2}" in refusal()


def test_every_failing_anchor_of_every_file_is_listed(checkout, refusal):
    edit_model(checkout, GAP_LINE, "        gap = 0\n\n")
    text = (checkout / MODEL_PATH).read_text().replace("max(total", "min(total")
    (checkout / MODEL_PATH).write_text(text)
    script = FILES[SCRIPT_PATH].replace(b"parse_args()", b"parse_known_args()[0]")
    (checkout / SCRIPT_PATH).write_bytes(script)
    said = refusal()
    for place in ("Shaper.penalty", "make_step.step"):
        assert f"{MODEL_PATH}: {place}: looked for" in said
    assert f"{SCRIPT_PATH}: module level: looked for" in said
    assert said.endswith("eloss vendor shaper\n")


def test_one_bad_anchor_keeps_the_good_files_as_they_are(checkout, refusal):
    (checkout / SCRIPT_PATH).write_bytes(FILES[SCRIPT_PATH].replace(b"parse_args", b"parse"))
    said = refusal()
    assert SCRIPT_PATH in said
    assert MODEL_PATH not in said


UNREADABLE = {
    "carriage returns": (FILES[SCRIPT_PATH].replace(b"\n", b"\r"), "line 1: a carriage return"),
    "bytes": (FILES[SCRIPT_PATH] + b"# \xff\n", f"offset {len(FILES[SCRIPT_PATH]) + 2}"),
    "bytes under a cookie": (b"# coding: ascii\nx = '\xe9'\n", "is declared ascii.*offset 21"),
    "NUL": (FILES[SCRIPT_PATH] + b"\0", f"NUL byte at offset {len(FILES[SCRIPT_PATH])}"),
    "in an edit": (FILES[SCRIPT_PATH] + b"def f(:\n", "line 10: does not parse"),
    "Python 2": (FILES[SCRIPT_PATH] + b"print 'x'\n", "line 10: does not parse"),
    "empty": (b"", "looked for assign of `args`.*not found"),
    "large": (b"#" * (17 << 20), f"expected at most {MAX_BYTES} bytes"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_is_no_source_is_told_with_the_place(checkout, eloss_patch, name):
    data, said = UNREADABLE[name]
    (checkout / SCRIPT_PATH).write_bytes(data)
    with untouched(checkout), pytest.raises(Refused, match=f"(?s){SCRIPT_PATH}.*{said}"):
        apply(checkout, SHAPER)
    assert eloss_patch("apply", str(checkout)).code == 3


def test_what_would_not_compile_is_refused_before_anything_is_written(checkout, refusal):
    """Nothing but comments may stand above such an import, and a future one is no Python's."""
    edit_model(checkout, '"""Shapes', 'from __future__ import braces\n"""Shapes')
    assert f"{MODEL_PATH}, line 1: would not compile with our lines" in refusal()


@pytest.mark.usefixtures("disturbed")  # whose look at the checkout would take the memory
def test_a_large_file_is_refused_unread(checkout):
    with (checkout / SCRIPT_PATH).open("wb") as file:
        file.truncate(1 << 40)
    tracemalloc.start()
    try:
        with pytest.raises(Refused, match="expected at most"):
            apply(checkout, SHAPER)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_a_guard_names_its_reason_its_file_and_the_way_out(checkout, refusal):
    (checkout / "model" / "latent.py").write_text("class LatentShaper:\n    pass\n")
    said = refusal()
    assert "this is a latent model (model/latent.py)" in said
    assert said.endswith("eloss vendor shaper\n")
