"""Putting in: dirty trees, repetition, versions, records."""

import json
import os
import py_compile
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from eloss_plugins.errors import Refused
from eloss_plugins.patching import journal, metadata
from eloss_plugins.patching.apply import apply
from eloss_plugins.patching.patch_set import Anchor, Edit
from eloss_plugins.patching.recover import recover
from eloss_plugins.patching.revert import revert
from eloss_plugins.patching.status import status

from .checkouts import (
    FILES_OF,
    OTHER,
    SAME_VERSION,
    SHAPER_2,
    changed,
    commit_all,
    content,
    git,
    make,
    snapshot,
    touching,
    untouched,
)
from .sources import FILES, MODEL_PATH, PARSE, SCRIPT_PATH, SHAPER

MANIFEST = ".eloss/manifest.json"


@pytest.fixture
def patched(checkout):
    apply(checkout, SHAPER)
    return checkout


def edit(path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))


def head(folder) -> str:
    return git(folder, "rev-parse", "HEAD").strip()


def test_apply_and_revert_are_the_identity(checkout):
    before = snapshot(checkout)
    with touching(checkout, *FILES_OF):
        done = apply(checkout, SHAPER)
    assert (done.outcome, set(done.files)) == ("applied", set(FILES_OF))
    revert(checkout, "shaper", SHAPER)
    assert snapshot(checkout) == before


def test_a_work_tree_is_a_checkout_and_its_repository_is_left_alone(tmp_path):
    home = commit_all(make(tmp_path / "home"))
    git(home, "worktree", "add", "-q", "../tree")
    tree = tmp_path / "tree"
    assert (tree / ".git").is_file()
    before = snapshot(tmp_path)
    with touching(tmp_path, *(f"tree/{path}" for path in FILES_OF)):
        apply(tree, SHAPER)
        assert status(tree, [SHAPER]).commit == head(home)
        revert(tree, "shaper", SHAPER)
    assert snapshot(tmp_path) == before
    assert git(tree, "status", "--porcelain") == ""


def test_a_repository_around_is_left_alone(tmp_path):
    commit_all(make(tmp_path))
    inner = make(tmp_path / "vendored")
    before = snapshot(tmp_path)
    apply(inner, SHAPER)
    assert set(changed(before, snapshot(tmp_path))) == {
        *(f"vendored/{path}" for path in FILES_OF),
        *(path for path in snapshot(tmp_path) if path.startswith("vendored/.eloss")),
    }
    revert(inner, "shaper", SHAPER)
    assert snapshot(tmp_path) == before


def test_a_submodule_is_a_checkout_and_its_repository_is_left_alone(tmp_path):
    source, outer = commit_all(make(tmp_path / "source")), tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "-q", "-b", "main")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../source", "in")
    git(outer, "commit", "-q", "-m", "submodule")
    assert (outer / "in" / ".git").is_file()
    with touching(tmp_path, *(f"outer/in/{path}" for path in FILES_OF), "outer/in/.eloss"):
        apply(outer / "in", SHAPER)
        found = status(outer / "in", [SHAPER])
        assert (found.version_control, found.commit) == ("git", head(source))
        revert(outer / "in", "shaper", SHAPER)
    assert git(outer, "status", "--porcelain") == git(outer / "in", "status", "--porcelain") == ""


def test_without_version_control_the_originals_are_kept(patched):
    kept = [path.read_bytes() for path in (patched / ".eloss" / "originals").iterdir()]
    assert sorted(kept) == sorted(FILES.values())
    assert status(patched, [SHAPER]).version_control is None


def test_edits_of_the_user_s_own_are_kept(checkout):
    edit(checkout / MODEL_PATH, b'"""Shapes', b'# my remark\n"""Shapes')
    before = snapshot(checkout)
    apply(checkout, SHAPER)
    assert (checkout / MODEL_PATH).read_bytes().startswith(b"# my remark\n")
    revert(checkout, "shaper", SHAPER)
    assert snapshot(checkout) == before


def test_the_index_is_left_alone_and_shows_staged_edits(checkout):
    commit_all(checkout)
    edit(checkout / SCRIPT_PATH, b"print(", b"print('mine', ")
    git(checkout, "add", SCRIPT_PATH)
    staged = git(checkout, "diff", "--cached")
    with touching(checkout, *FILES_OF):
        apply(checkout, SHAPER)
    assert git(checkout, "diff", "--cached") == staged


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_a_folder_of_the_user_s_by_our_name_is_never_written(checkout, kind):
    own = checkout / ".eloss"
    if kind == "file":
        own.write_text("mine")
    elif kind == "folder":
        own.mkdir()
        (own / "thesis.tex").write_text("mine")
    else:
        own.symlink_to(checkout.parent)
    with untouched(checkout), pytest.raises(Refused, match=r"ours.* [Mm]ove .*away first"):
        apply(checkout, SHAPER)


def test_an_unfinished_file_takes_no_name_of_the_user_s(checkout, monkeypatch):
    """Its name is never twice the same; if it were, for a clock that stands still, say."""
    names = iter(["1", "1", "2", "3"])
    monkeypatch.setattr(journal, "new_identity", lambda: next(names))
    (checkout / "model" / ".eloss-1-2.tmp").write_text("mine")
    with touching(checkout, *FILES_OF):
        apply(checkout, SHAPER)
    assert next(names) == "3"


def test_the_second_time_nothing_is_written(patched):
    with untouched(patched):
        assert apply(patched, SHAPER).outcome == "already applied"


def test_a_second_time_nothing_is_written_beside_edits_of_the_user_s(patched):
    edit(patched / SCRIPT_PATH, b"print(", b"print('mine', ")
    with untouched(patched):
        assert apply(patched, SHAPER).outcome == "already applied"


def test_another_version_is_refused_unless_the_upgrade_is_asked_for(patched):
    with untouched(patched), pytest.raises(Refused, match="--upgrade"):
        apply(patched, SHAPER_2)
    assert apply(patched, SHAPER_2, upgrade=True).outcome == "upgraded"


def test_an_upgrade_is_a_revert_and_an_apply_in_one(patched, tmp_path):
    apply(patched, SHAPER_2, upgrade=True)
    fresh = make(tmp_path / "fresh")
    apply(fresh, SHAPER_2)
    assert snapshot(patched) == snapshot(fresh)
    revert(patched, "shaper", SHAPER_2)
    assert snapshot(patched) == snapshot(make(tmp_path / "clean"))


def test_an_older_package_refuses_to_apply_but_reverts(checkout):
    before = snapshot(checkout)
    apply(checkout, SHAPER_2)
    with untouched(checkout), pytest.raises(Refused, match="version 2"):
        apply(checkout, SHAPER, upgrade=True)
    revert(checkout, "shaper", SHAPER)
    assert snapshot(checkout) == before


def test_other_lines_of_the_same_version_are_told(patched):
    with untouched(patched), pytest.raises(Refused, match="other lines"):
        apply(patched, SAME_VERSION)
    assert status(patched, [SAME_VERSION]).sets[0].package == "changed"
    assert apply(patched, SAME_VERSION, upgrade=True).outcome == "upgraded"


def forget(checkout) -> None:
    for path in sorted((checkout / ".eloss").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (checkout / ".eloss").rmdir()


def test_lines_without_a_record_are_recognised(patched):
    forget(patched)
    assert status(patched, [SHAPER]).sets[0].state == "unrecorded"
    with untouched(patched), pytest.raises(Refused, match="--adopt"):
        apply(patched, SHAPER)


def test_lines_without_a_record_can_be_adopted(patched):
    record = json.loads((patched / MANIFEST).read_text())
    forget(patched)
    with touching(patched):
        assert apply(patched, SHAPER, adopt=True).outcome == "adopted"
    assert json.loads((patched / MANIFEST).read_text()) == record


def test_lines_without_a_record_can_be_taken_out(checkout):
    before = snapshot(checkout)
    apply(checkout, SHAPER)
    forget(checkout)
    assert revert(checkout, "shaper", SHAPER).outcome == "reverted"
    assert snapshot(checkout) == before


def test_half_of_the_lines_cannot_be_adopted(patched):
    forget(patched)
    (patched / SCRIPT_PATH).write_bytes(FILES[SCRIPT_PATH])
    with untouched(patched), pytest.raises(Refused, match="no record"):
        apply(patched, SHAPER, adopt=True)


def test_after_git_has_restored_the_files_apply_works(checkout):
    commit_all(checkout)
    apply(checkout, SHAPER)
    after = content(checkout)
    git(checkout, "checkout", "-q", ".")
    assert status(checkout, [SHAPER]).sets[0].state == "reverted outside"
    assert apply(checkout, SHAPER).outcome == "applied again"
    assert content(checkout) == after


def test_after_git_has_restored_one_file_apply_mends_it(checkout):
    commit_all(checkout)
    apply(checkout, SHAPER)
    git(checkout, "checkout", "-q", SCRIPT_PATH)
    assert status(checkout, [SHAPER]).sets[0].state == "drifted"
    assert apply(checkout, SHAPER).files == (SCRIPT_PATH,)
    assert status(checkout, [SHAPER]).is_applied


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"schema": 1}', b"\xff\xfe", b"null", b"[" * 9999]
)
def test_a_damaged_manifest_never_means_not_applied(patched, damage):
    (patched / MANIFEST).write_bytes(damage)
    for command in (apply, lambda c, s: revert(c, s.name, s), lambda c, s: status(c, [s])):
        with untouched(patched), pytest.raises(Refused, match="eloss patch recover"):
            command(patched, SHAPER)


def test_recover_puts_a_damaged_manifest_aside(patched):
    (patched / MANIFEST).write_bytes(b"{")
    assert "damaged" in recover(patched).notes[0]
    assert apply(patched, SHAPER, adopt=True).outcome == "adopted"


@pytest.mark.parametrize("command", [lambda checkout: apply(checkout, SHAPER), recover])
def test_a_later_schema_is_left_alone(patched, command):
    (patched / MANIFEST).write_bytes(b'{"schema": 99}')
    with untouched(patched), pytest.raises(Refused, match="Upgrade eloss-plugins"):
        command(patched)


@pytest.mark.parametrize("sets", [(SHAPER, OTHER), (OTHER, SHAPER)], ids=["shaper", "other"])
@pytest.mark.parametrize("first", ["shaper", "other"])
def test_two_patch_sets_on_one_file_come_and_go_in_either_order(checkout, sets, first):
    before = snapshot(checkout)
    for patch_set in sets:
        apply(checkout, patch_set)
    second = "other" if first == "shaper" else "shaper"
    left = SHAPER if second == "shaper" else OTHER
    revert(checkout, first, None)
    fresh = make(checkout.parent / "fresh")
    apply(fresh, left)
    assert snapshot(checkout) == snapshot(fresh)
    assert [it.state for it in status(checkout, [SHAPER, OTHER]).sets] == ["applied"]
    revert(checkout, second, None)
    assert snapshot(checkout) == before


def test_lines_at_the_same_place_are_refused(patched):
    same = Edit(SCRIPT_PATH, PARSE, "before", ("print('other')",))
    with untouched(patched), pytest.raises(Refused, match="another"):
        apply(patched, replace(OTHER, edits=(same,)))


ALIKE = [("x = 1",), ("x = 1", "y = 2"), ("w = 0", "x = 1")]


@pytest.mark.parametrize(
    ("first", "second"), [(a, b) for a in ALIKE for b in ALIKE if ALIKE[0] in (a, b)]
)
def test_equal_lines_of_two_patch_sets_are_refused(checkout, first, second):
    """One could not be told from the other when it is to be taken out."""
    above = Anchor("import", assigns="argparse")
    one = replace(OTHER, name="one", edits=(Edit(SCRIPT_PATH, PARSE, "after", first),))
    two = replace(OTHER, name="two", edits=(Edit(SCRIPT_PATH, above, "after", second),))
    apply(checkout, one)
    with untouched(checkout):
        with pytest.raises(Refused, match="revert one"):
            apply(checkout, two)
        assert revert(checkout, "two", two).outcome == "nothing to do"
        assert [it.name for it in status(checkout, [one, two]).sets] == ["one"]


@pytest.fixture
def second(monkeypatch) -> int:
    """The second in which every file is written."""
    second = int(time.time())

    def take_over(source, target, path):
        notes = kept(source, target, path)
        os.utime(target, (second, second))
        return notes

    kept = metadata.take_over
    monkeypatch.setattr(metadata, "take_over", take_over)
    return second


def compiled(script, second: int) -> None:
    os.utime(script, (second, second))
    py_compile.compile(str(script))


def test_bytecode_of_the_replaced_lines_is_not_used(checkout, second):
    """An upgrade of equal size within one second, which Python's own check does not see."""
    one, two = (replace(OTHER, version=v, edits=(line(v),)) for v in (1, 2))
    apply(checkout, one)
    compiled(checkout / SCRIPT_PATH, second)
    apply(checkout, two, upgrade=True)
    assert imported(checkout) == "version 2"


def test_bytecode_of_the_lines_that_are_taken_out_is_not_used(checkout, second):
    """A comment of the user's makes the file as large as it was with our line."""
    before = (checkout / SCRIPT_PATH).stat().st_size
    apply(checkout, replace(OTHER, edits=(line(1),)))
    script = checkout / SCRIPT_PATH
    compiled(script, second)
    script.write_text(script.read_text() + "#" * (script.stat().st_size - before - 1) + "\n")
    revert(checkout, "other", None)
    assert imported(checkout) != "version 1"


def test_bytecode_with_a_time_to_come_is_not_used(tmp_path, monkeypatch):
    checkout = make(tmp_path / "checkout")
    one, two = (replace(OTHER, version=v, edits=(line(v),)) for v in (1, 2))
    apply(checkout, one)
    script = checkout / SCRIPT_PATH
    now = int(script.stat().st_mtime)
    for seconds in range(now, now + 9):  # whichever second the upgrade falls in
        os.utime(script, (seconds, seconds))
        py_compile.compile(str(script), cfile=f"{checkout}/__pycache__/run.t{seconds}.pyc")
    apply(checkout, two, upgrade=True)
    assert int(script.stat().st_mtime) == now + 9


def line(version: int) -> Edit:
    return Edit(SCRIPT_PATH, PARSE, "after", (f"print('version {version}')",))


IMPORT = """
import sys, types
sys.modules["model"] = types.ModuleType("model")
sys.modules["model.shaper"] = types.SimpleNamespace(Shaper=lambda width: "")
sys.path.insert(0, sys.argv.pop())
import run
"""


def imported(checkout) -> str:
    """What the script prints first when Python imports it."""
    command = [sys.executable, "-c", IMPORT, str(checkout)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[0]


def test_git_does_not_see_our_folder(checkout):
    commit_all(checkout)
    apply(checkout, SHAPER)
    shown = git(checkout, "status", "--porcelain", "--untracked-files=all")
    assert sorted(shown.split()) == sorted(["M", "M", *FILES_OF])
    assert not (checkout / ".gitignore").exists()
