import os
import shutil
import subprocess

import pytest

from eloss_plugins.patching.diff import unified
from eloss_plugins.patching.plan import FileChange, Plan, plan
from tests.patching.sources import FILES, SHAPER, set_of, write

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

VARIANTS = {
    "plain": lambda data: data,
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "mixed": lambda data: data.replace(b"\n", b"\r\n", 9),
    "no final newline": lambda data: data.rstrip(b"\n"),
    "ends with the anchor": lambda data: data.partition(b"\nprint(Shaper")[0],
    "byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "latin-1": lambda data: b"# coding: latin-1 \xe9\n" + data,
    "trailing blanks": lambda data: data.replace(b"\n\n", b"  \n\t\n"),
    "many equal lines": lambda data: b"pass\n" * 150 + data + b"pass\n" * 150,
}


def apply(folder, diff: bytes, *flags: str) -> None:
    command = ["git", "apply", "--whitespace=nowarn", *flags]
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(command, cwd=folder, input=diff, capture_output=True, env=environment)
    assert (done.returncode, done.stderr) == (0, b"")


def contents(folder, plan: Plan) -> list[bytes]:
    return [(folder / change.path).read_bytes() for change in plan.changes]


@needs_git
@pytest.mark.parametrize("name", VARIANTS)
def test_git_takes_the_diff_in_both_directions(tmp_path, name):
    files = {path: VARIANTS[name](data) for path, data in FILES.items()}
    made = plan(write(tmp_path, files), SHAPER)
    diff = unified(made)
    apply(tmp_path, diff, "--check")
    apply(tmp_path, diff)
    assert contents(tmp_path, made) == [change.after for change in made.changes]
    apply(tmp_path, diff, "--check", "-R")
    apply(tmp_path, diff, "-R")
    assert contents(tmp_path, made) == [change.before for change in made.changes]


@needs_git
@pytest.mark.parametrize("path", ["a b.py", 'a"b.py', "\u00e5/a.py", "a\\b.py", "-a.py"])
def test_odd_names_are_written_as_git_reads_them(tmp_path, path):
    change = FileChange(path, b"a\n", b"a\nb\n")
    write(tmp_path, {path: change.before})
    apply(tmp_path, unified(Plan(SHAPER, (change,))))
    assert (tmp_path / path).read_bytes() == change.after


def test_context_is_three_lines(tmp_path):
    made = plan(write(tmp_path), set_of(SHAPER.edits[2]))
    diff = unified(made).decode()
    assert diff.startswith(
        "diff --git a/run.py b/run.py\n--- a/run.py\n+++ b/run.py\n@@ -5,5 +5,6 @@\n"
    )
    assert diff.count("\n ") == 5
    assert diff.count("\n+parser.add_argument") == 1


def test_no_changes_are_no_diff():
    assert unified(Plan(SHAPER, ())) == b""


def test_only_lines_of_ours_are_added_and_none_is_taken(tmp_path):
    made = plan(write(tmp_path), SHAPER)
    body = [line for line in unified(made).splitlines() if line[:3] not in (b"+++", b"---")]
    assert [line for line in body if line.startswith(b"-")] == []
    assert all(line.endswith(b"# eloss") for line in body if line.startswith(b"+"))
