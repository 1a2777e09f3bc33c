"""The engine on a real checkout of EDM, given by ELOSS_EDM; its patch set, diffs, users, clocks."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from eloss_plugins.patches.edm import PATCH_SET

from eloss_plugins.errors import Refused
from eloss_plugins.patching.diff import unified
from eloss_plugins.patching.patch_set import PatchSet
from eloss_plugins.patching.plan import plan
from eloss_plugins.patching.recognise import recognise
from eloss_plugins.patching.removal import without
from tests.patching.mutations import mutations
from tests.patching.sources import write
from tests.patching.user_edits import edited

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("ELOSS_EDM" not in os.environ, reason="ELOSS_EDM names no checkout of EDM"),
]


@pytest.fixture(scope="module")
def original() -> Path:
    return Path(os.environ["ELOSS_EDM"])


@pytest.fixture
def checkout(original, tmp_path) -> Path:
    """Those of its files that the patch set edits."""
    return write(tmp_path, {path: (original / path).read_bytes() for path in PATCH_SET.files})


def only(path: str) -> PatchSet:
    return replace(PATCH_SET, edits=PATCH_SET.files[path])


def git_apply(folder: Path, diff: bytes, *flags: str) -> None:
    command = ["git", "apply", "--whitespace=nowarn", *flags]
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CEILING_DIRECTORIES": "/"}
    subprocess.run(command, cwd=folder, input=diff, check=True, env=environment)


def test_it_is_recognised_and_fits(original):
    assert PATCH_SET in recognise(original, [PATCH_SET]).fits
    assert plan(original, PATCH_SET).changes


def test_footprint_is_at_most_four_files_and_forty_lines(original):
    diff = unified(plan(original, PATCH_SET)).splitlines()
    added = [line for line in diff if line.startswith(b"+") and not line.startswith(b"+++")]
    assert len([line for line in diff if line.startswith(b"+++")]) <= 4
    assert len(added) <= 40
    assert not [line for line in diff if line.startswith(b"-") and not line.startswith(b"---")]


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_git_takes_the_diff_in_both_directions(checkout):
    made = plan(checkout, PATCH_SET)
    git_apply(checkout, unified(made))
    assert plan(checkout, PATCH_SET).changes == ()
    assert all((checkout / it.path).read_bytes() == it.after for it in made.changes)
    git_apply(checkout, unified(made), "-R")
    assert all((checkout / it.path).read_bytes() == it.before for it in made.changes)


def test_users_edits_are_given_back(checkout):
    rng = Random(3)
    refused = 0
    for seed in range(60):
        path = rng.choice([*PATCH_SET.files])
        data = edited((checkout / path).read_bytes(), seed)
        try:
            (change,) = plan(checkout, only(path), {path: data}).changes
        except Refused:
            refused += 1
            continue
        assert without(path, change.after, PATCH_SET.files[path]) == data
    assert refused < 20


def test_no_mutated_anchor_is_accepted(checkout):
    accepted = []
    tried = 0
    for edit in PATCH_SET.edits:
        if edit.optional or edit.anchor.which != "only":
            continue
        for mutation in mutations((checkout / edit.file).read_bytes(), edit):
            tried += 1
            try:
                plan(checkout, only(edit.file), {edit.file: mutation.data})
            except Refused as problem:
                if edit.file in str(problem):
                    continue
            accepted.append((edit.file, mutation.what))
    assert tried > 60
    assert accepted == []


def test_planning_takes_well_under_a_second_of_a_processor(original):
    code = (
        "import pathlib, sys, time\n"
        "from eloss_plugins.patches.edm import PATCH_SET\n"
        "from eloss_plugins.patching.plan import plan\n"
        "plan(pathlib.Path(sys.argv[1]), PATCH_SET)\n"
        "print(time.process_time(), [n for n in ('torch', 'numpy') if n in sys.modules])"
    )
    command = [sys.executable, "-c", code, str(original)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, heavy = done.stdout.split(maxsplit=1)
    assert heavy.strip() == "[]"
    assert float(seconds) < 0.7
