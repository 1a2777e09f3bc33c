"""Which files may be touched: names, links, odd nodes, permissions."""

import os
import shutil
import socket
import subprocess
import sys
from dataclasses import replace

import pytest

from eloss_plugins.errors import EnvironmentProblem, Refused
from eloss_plugins.patching import execution, paths, transaction
from eloss_plugins.patching.apply import apply
from eloss_plugins.patching.paths import check_name
from eloss_plugins.patching.revert import revert
from eloss_plugins.patching.status import status

from .checkouts import FILES_OF, changed, make, snapshot, touching, untouched
from .sources import FILES, MODEL_PATH, SCRIPT_PATH, SHAPER

ODD = ["", "/x.py", "../x.py", "a/../x.py", "./x.py", "a//x.py", "a/", ".git/x", "a/.GIT/hooks/x"]
ODD += [
    ".eloss/manifest.json",
    "a\\b.py",
    "C:/x.py",
    "c:x.py",
    "a\0.py",
    "a\n.py",
    ".git /x",
    "\x7f",
]


@pytest.mark.parametrize("name", ODD)
def test_a_name_that_could_lead_elsewhere_is_refused(name):
    with pytest.raises(Refused):
        check_name(name)


@pytest.mark.parametrize("name", ["x.py", "a/b/c.py", ".hidden/x.py", "a b.py", "é.py", "git/x.py"])
def test_a_plain_name_is_taken(name):
    check_name(name)


@pytest.mark.parametrize("name", ["../out.py", "/etc/passwd", ".git/config"])
def test_a_patch_set_with_such_a_name_is_refused_whole(checkout, name):
    hostile = replace(SHAPER, edits=(*SHAPER.edits, replace(SHAPER.edits[0], file=name)))
    with untouched(checkout.parent), pytest.raises(Refused):
        apply(checkout, hostile)


@pytest.mark.parametrize("path", FILES_OF)
def test_a_read_only_file_is_listed_and_left_as_it_is(checkout, path):
    (checkout / path).chmod(0o444)
    with untouched(checkout), pytest.raises(EnvironmentProblem, match=path):
        apply(checkout, SHAPER)


def test_every_read_only_file_is_listed(checkout):
    for path in FILES_OF:
        (checkout / path).chmod(0o444)
    with pytest.raises(EnvironmentProblem) as caught:
        apply(checkout, SHAPER)
    assert all(path in str(caught.value) for path in FILES_OF)


@pytest.mark.parametrize("folder", [".", "model"])
def test_a_read_only_folder_stops_everything(checkout, folder):
    (checkout / folder).chmod(0o555)
    try:
        with untouched(checkout), pytest.raises(EnvironmentProblem, match="folder"):
            apply(checkout, SHAPER)
    finally:
        (checkout / folder).chmod(0o755)


def test_a_read_only_file_system_stops_everything(checkout, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    monkeypatch.setattr(os, "supports_effective_ids", {os.access})
    with untouched(checkout), pytest.raises(EnvironmentProblem, match="no permission"):
        apply(checkout, SHAPER)


@pytest.mark.skipif(shutil.which("mount") is None, reason="needs mount")
def test_a_read_only_mount_stops_everything(checkout):
    where = str(checkout)
    if subprocess.run(["mount", "--bind", where, where], capture_output=True).returncode:
        pytest.skip("needs the right to mount")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", where], check=True)
        with untouched(checkout), pytest.raises(EnvironmentProblem, match="no permission"):
            apply(checkout, SHAPER)
        assert status(checkout, [SHAPER]).sets == ()
    finally:
        subprocess.run(["umount", where], check=True)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs to be root")
def test_another_owner_s_files_stop_everything(checkout):
    for folder in (checkout, *checkout.parents):
        if folder.stat().st_uid == 0 and folder != folder.parent:
            folder.chmod(folder.stat().st_mode | 0o055)
    for path in FILES_OF:
        (checkout / path).chmod(0o644)
    code = (
        "import os, sys; from pathlib import Path; sys.path[:0] = sys.argv[2:]\n"
        "from eloss_plugins.errors import EnvironmentProblem\n"
        "from patching.sources import SHAPER; from eloss_plugins.patching import apply, paths\n"
        "from eloss_plugins.patching import execution, lock, plan, revert\n"
        "os.setresgid(65534, 65534, 65534); os.setresuid(65534, 65534, 65534)\n"
        "try: apply.apply(Path(sys.argv[1]), SHAPER)\n"
        "except EnvironmentProblem as problem: print(problem)\n"
    )
    tests = os.path.dirname(os.path.dirname(__file__))
    with untouched(checkout):
        done = subprocess.run(
            [sys.executable, "-c", code, str(checkout), tests], capture_output=True, text=True
        )
    assert f"{MODEL_PATH}, {SCRIPT_PATH}".split(", ")[0] in done.stdout, done.stderr


@pytest.mark.parametrize("mask", [0o077, 0o000])
def test_modes_are_kept_whatever_the_mask(checkout, mask):
    before = os.umask(mask)
    try:
        with touching(checkout, *FILES_OF):
            apply(checkout, SHAPER)
        assert (checkout / SCRIPT_PATH).stat().st_mode & 0o7777 == 0o755
        assert (checkout / MODEL_PATH).stat().st_mode & 0o7777 == 0o640
    finally:
        os.umask(before)


def test_a_folder_that_gives_its_group_still_does(checkout):
    (checkout / "model").chmod(0o2775)
    apply(checkout, SHAPER)
    assert (checkout / "model").stat().st_mode & 0o7777 == 0o2775


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs to be root")
def test_owner_and_group_are_kept(checkout):
    os.chown(checkout / SCRIPT_PATH, 12, 34)
    apply(checkout, SHAPER)
    status = (checkout / SCRIPT_PATH).stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (12, 34, 0o755)


def test_the_file_behind_a_link_is_edited_and_the_link_stays(checkout):
    (checkout / SCRIPT_PATH).rename(checkout / "real.py")
    (checkout / SCRIPT_PATH).symlink_to("real.py")
    before = snapshot(checkout)
    with touching(checkout, MODEL_PATH, "real.py"):
        apply(checkout, SHAPER)
    assert b"# eloss" in (checkout / "real.py").read_bytes()
    revert(checkout, "shaper", SHAPER)
    assert snapshot(checkout) == before


def test_a_folder_behind_a_link_inside_works_too(checkout):
    (checkout / "model").rename(checkout / "really")
    (checkout / "model").symlink_to("really")
    before = snapshot(checkout)
    with touching(checkout, SCRIPT_PATH, "really/shaper.py"):
        apply(checkout, SHAPER)
    revert(checkout, "shaper", SHAPER)
    assert snapshot(checkout) == before


@pytest.mark.parametrize("path", [SCRIPT_PATH, "model"])
def test_a_link_out_of_the_checkout_is_refused(checkout, path):
    outside = checkout.parent / "outside"
    (checkout / path).rename(outside)
    (checkout / path).symlink_to(outside)
    with untouched(checkout.parent), pytest.raises(Refused, match="out of"):
        apply(checkout, SHAPER)


def a_loop(path):
    path.symlink_to(path.name)


def a_socket(path):
    before = os.getcwd()
    os.chdir(path.parent)  # names of sockets must be short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(before)


@pytest.mark.parametrize("node", [os.mkfifo, os.mkdir, a_loop, a_socket])
def test_odd_nodes_are_refused_without_blocking(checkout, node):
    (checkout / SCRIPT_PATH).unlink()
    node(checkout / SCRIPT_PATH)
    with untouched(checkout), pytest.raises(Refused):
        apply(checkout, SHAPER)


def test_a_file_with_two_names_is_refused(checkout):
    os.link(checkout / SCRIPT_PATH, checkout.parent / "twin.py")
    with untouched(checkout.parent), pytest.raises(Refused, match="--allow-hardlink"):
        apply(checkout, SHAPER)


def test_the_names_of_a_file_are_parted_if_that_is_asked(checkout):
    twin = checkout.parent / "twin.py"
    os.link(checkout / SCRIPT_PATH, twin)
    with touching(checkout, *FILES_OF):
        apply(checkout, SHAPER, allow_hardlink=True)
    assert twin.read_bytes() == FILES[SCRIPT_PATH]
    revert(checkout, "shaper", SHAPER)
    assert (checkout / SCRIPT_PATH).read_bytes() == FILES[SCRIPT_PATH]


def test_two_names_of_one_file_are_found_by_the_file(checkout):
    """As on a file system where Run.py is run.py; a second name stands for it here."""
    os.link(checkout / SCRIPT_PATH, checkout / "Run.py")
    twice = replace(SHAPER, edits=(*SHAPER.edits, replace(SHAPER.edits[2], file="Run.py")))
    with untouched(checkout), pytest.raises(Refused, match="are one file"):
        apply(checkout, twice, allow_hardlink=True)


def test_a_patched_file_by_another_name_is_not_patched_again(checkout):
    apply(checkout, SHAPER)
    os.link(checkout / SCRIPT_PATH, checkout / "Run.py")
    other = replace(SHAPER.edits[2], file="Run.py")
    twice = replace(SHAPER, version=2, edits=(*SHAPER.edits, other))
    with untouched(checkout), pytest.raises(Refused, match="are one file"):
        apply(checkout, twice, upgrade=True, allow_hardlink=True)


@pytest.mark.usefixtures("disturbed")
@pytest.mark.parametrize("phase", ["_stage", "_replace"])
@pytest.mark.parametrize("swapped", [SCRIPT_PATH, "model"])
def test_a_path_that_becomes_a_link_in_the_middle_of_the_change_is_refused(
    checkout, monkeypatch, phase, swapped
):
    """What it leads to is as it was, so that only the link itself can tell."""
    outside = checkout.parent / "outside"
    step = getattr(transaction, phase)

    def swap(*arguments):
        (checkout / swapped).rename(outside)
        (checkout / swapped).symlink_to(outside)
        swap.before = (outside if outside.is_file() else outside / "shaper.py").read_bytes()
        return step(*arguments)

    monkeypatch.setattr(transaction, phase, swap)
    kinds = (Refused,) if swapped == SCRIPT_PATH else (Refused, EnvironmentProblem)
    with pytest.raises(kinds, match="link"):
        apply(checkout, SHAPER)
    assert (outside if outside.is_file() else outside / "shaper.py").read_bytes() == swap.before
    assert (checkout / swapped).is_symlink()
    assert b"# eloss" not in b"".join((checkout / path).read_bytes() for path in FILES_OF)


@pytest.mark.usefixtures("disturbed")
@pytest.mark.parametrize("swapped", [SCRIPT_PATH, "model"])
def test_a_path_that_becomes_a_link_between_check_and_write_is_refused(
    checkout, monkeypatch, swapped
):
    outside = checkout.parent / "outside"
    check = execution._check_permissions

    def swap(*arguments):
        check(*arguments)
        if not outside.exists():
            (checkout / swapped).rename(outside)
            (checkout / swapped).symlink_to(outside)
            swap.before = snapshot(checkout.parent)

    monkeypatch.setattr(execution, "_check_permissions", swap)
    with pytest.raises(Refused):
        apply(checkout, SHAPER)
    assert snapshot(checkout.parent) == swap.before


def test_nothing_but_the_files_themselves_is_ever_written(checkout):
    """No rejected hunks, no backups beside the files: nothing that a planted link could catch."""
    for path in FILES_OF:
        for ending in (".rej", ".orig", ".bak", "~"):
            (checkout / (path + ending)).symlink_to(checkout.parent / "outside")
    before = snapshot(checkout)
    apply(checkout, SHAPER)
    assert changed(before, snapshot(checkout)) == set(FILES_OF)
    assert not (checkout.parent / "outside").exists()


@pytest.mark.parametrize(
    "name", ["with space", "quo'te\"s", "new\nline", "-dash", "$(touch x)", "é" * 80, "x" * 255]
)
def test_any_name_of_a_checkout_works(tmp_path, name):
    checkout = make(tmp_path / name)
    before = snapshot(checkout)
    apply(checkout, SHAPER)
    revert(checkout, "shaper", SHAPER)
    assert snapshot(checkout) == before


def test_a_name_that_is_no_text_works(tmp_path):
    checkout = make(tmp_path / os.fsdecode(b"\xff\xfe"))
    apply(checkout, SHAPER)
    revert(checkout, "shaper", SHAPER)
    assert not (checkout / ".eloss").exists()


def test_permissions_of_what_is_not_there_are_nobody_s_problem(checkout):
    paths.check_permissions(checkout, ["new.py"])
