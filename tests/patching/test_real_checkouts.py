"""The patch sets on real checkouts that the environment names: diffs, users' edits, clocks."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from eloss_plugins.errors import Refused
from eloss_plugins.patching.apply import apply
from eloss_plugins.patching.diff import unified
from eloss_plugins.patching.patch_set import Edit, PatchSet
from eloss_plugins.patching.plan import plan
from eloss_plugins.patching.recognise import recognise
from eloss_plugins.patching.removal import without
from eloss_plugins.patching.revert import revert
from tests.patching.checkouts import snapshot, users
from tests.patching.mutations import mutations
from tests.patching.sources import write
from tests.patching.user_edits import edited

pytestmark = pytest.mark.slow

MOST = {"edm": (4, 40), "jodo": (3, 20), "semlaflow": (3, 20)}
EDITS = 300
ON_DISK = 30
MUTATED = 200
EDITED = 3  # variants of a file beside itself


@pytest.fixture
def checkout(patch_set, original, tmp_path) -> Path:
    """Those of its files that the patch set edits or is told by."""
    paths = {*patch_set.files, *(sign.file for sign in patch_set.signs)}
    return write(tmp_path, {path: (original / path).read_bytes() for path in paths})


def only(patch_set: PatchSet, path: str) -> PatchSet:
    return replace(patch_set, edits=patch_set.files[path])


def git_apply(folder: Path, diff: bytes, *flags: str) -> None:
    command = ["git", "apply", "--whitespace=nowarn", *flags]
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CEILING_DIRECTORIES": "/"}
    subprocess.run(command, cwd=folder, input=diff, check=True, env=environment)


def test_it_is_recognised_and_fits(patch_set, original):
    assert patch_set in recognise(original, [patch_set]).fits
    assert plan(original, patch_set).changes


def test_the_footprint_is_small_and_takes_nothing_away(patch_set, original):
    diff = unified(plan(original, patch_set)).splitlines()
    added = [line for line in diff if line.startswith(b"+") and not line.startswith(b"+++")]
    files = [line for line in diff if line.startswith(b"+++")]
    most_files, most_lines = MOST[patch_set.name]
    assert len(files) <= most_files
    assert len(added) <= most_lines
    assert not [line for line in diff if line.startswith(b"-") and not line.startswith(b"---")]


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_git_takes_the_diff_in_both_directions(patch_set, checkout):
    made = plan(checkout, patch_set)
    git_apply(checkout, unified(made))
    assert plan(checkout, patch_set).changes == ()
    assert all((checkout / it.path).read_bytes() == it.after for it in made.changes)
    git_apply(checkout, unified(made), "-R")
    assert all((checkout / it.path).read_bytes() == it.before for it in made.changes)


def test_users_edits_are_given_back(patch_set, checkout):
    paths = sorted(patch_set.files)
    refused = 0
    for seed in range(EDITS):
        path = paths[seed % len(paths)]
        data = edited((checkout / path).read_bytes(), seed)
        try:
            (change,) = plan(checkout, only(patch_set, path), {path: data}).changes
        except Refused:
            refused += 1
            continue
        assert without(path, change.after, patch_set.files[path]) == data
    print(patch_set.name, EDITS - refused, "of", EDITS, "accepted")
    assert refused < EDITS // 3


def test_users_edits_are_given_back_on_disk(patch_set, checkout):
    originals = {path: (checkout / path).read_bytes() for path in patch_set.files}
    done = 0
    for seed in range(ON_DISK):
        write(checkout, {path: edited(data, seed) for path, data in originals.items()})
        before = snapshot(checkout)
        try:
            apply(checkout, patch_set)
        except Refused:
            assert users(snapshot(checkout)) == before
            continue
        patched = snapshot(checkout)
        apply(checkout, patch_set)
        assert snapshot(checkout) == patched
        revert(checkout, patch_set.name, patch_set)
        assert snapshot(checkout) == before
        done += 1
    print(patch_set.name, done, "of", ON_DISK, "applied and reverted")
    assert done > ON_DISK // 3


def certain(patch_set: PatchSet) -> Iterator[Edit]:
    """Edits that must be refused where their anchor is not there exactly once."""
    return (edit for edit in patch_set.edits if not edit.optional and edit.anchor.which == "only")


def variants(folder: Path, patch_set: PatchSet, path: str) -> Iterator[bytes]:
    """The file as it is, and as some users have edited it, where that is accepted."""
    data = (folder / path).read_bytes()
    yield data
    for seed in range(EDITED):
        changed = edited(data, 1000 + seed).replace(b"\r\n", b"\n")
        if accepted(folder, only(patch_set, path), path, changed):
            yield changed


def accepted(folder: Path, patch_set: PatchSet, path: str, data: bytes) -> bool:
    try:
        plan(folder, patch_set, {path: data})
    except Refused as problem:
        return path not in str(problem)
    return True


def test_no_mutated_anchor_is_accepted(patch_set, checkout):
    wrong, tried = [], 0
    for edit in certain(patch_set):
        for data in variants(checkout, patch_set, edit.file):
            for mutation in mutations(data, edit):
                tried += 1
                if accepted(checkout, only(patch_set, edit.file), edit.file, mutation.data):
                    wrong.append((edit.file, edit.anchor, mutation.what))
    print(patch_set.name, len(wrong), "of", tried, "accepted")
    assert tried >= MUTATED
    assert wrong == []


def test_planning_takes_well_under_a_second_of_a_processor(patch_set, original):
    code = (
        "import pathlib, sys, time\n"
        f"from eloss_plugins.patches.{patch_set.name} import PATCH_SET\n"
        "from eloss_plugins.patching.plan import plan\n"
        "plan(pathlib.Path(sys.argv[1]), PATCH_SET)\n"
        "print(time.process_time(), [n for n in ('torch', 'numpy') if n in sys.modules])"
    )
    command = [sys.executable, "-c", code, str(original)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, heavy = done.stdout.split(maxsplit=1)
    assert heavy.strip() == "[]"
    assert float(seconds) < 0.7
