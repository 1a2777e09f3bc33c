"""What a replaced file keeps, systems without links, and what a power cut can leave."""

import errno
import os
import shutil
import struct

import pytest

from eloss_plugins.errors import EnvironmentProblem, Refused
from eloss_plugins.patching import journal, own_folder, system
from eloss_plugins.patching.apply import apply
from eloss_plugins.patching.open_tree import OpenTree
from eloss_plugins.patching.recover import recover
from eloss_plugins.patching.revert import revert
from eloss_plugins.patching.status import status

from . import faults
from .checkouts import make, snapshot, touching, untouched
from .faults import At, Sweep, faulty
from .sources import SCRIPT_PATH, SHAPER

JOURNAL = ".eloss/journal.json"


def is_link(call, arguments) -> bool:
    return call is os.link


def removes_the_journal(call, arguments) -> bool:
    return call is os.unlink and arguments[0] == "journal.json"


def replaces_the_last_file(call, arguments) -> bool:
    return call is os.rename and arguments[1] == "manifest.json"


def attributes(path) -> dict[str, bytes]:
    return {name: os.getxattr(path, name) for name in os.listxattr(path)}


@pytest.fixture
def tagged(checkout):
    """A checkout whose script has an extended attribute."""
    if not hasattr(os, "setxattr"):
        pytest.skip("this system has no extended attributes in Python")
    try:
        os.setxattr(checkout / SCRIPT_PATH, "user.origin", b"mine")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    return checkout


def test_extended_attributes_are_kept(tagged):
    apply(tagged, SHAPER)
    assert attributes(tagged / SCRIPT_PATH) == {"user.origin": b"mine"}


def test_access_lists_are_kept(checkout):
    """One more user may read: tag, permissions and number of each entry, as Linux keeps them."""
    entries = [(1, 7, -1), (2, 4, 1234), (4, 5, -1), (16, 5, -1), (32, 5, -1)]
    found = struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in entries)
    name = "system.posix_acl_access"
    try:
        os.setxattr(checkout / SCRIPT_PATH, name, found)
    except (AttributeError, OSError):
        pytest.skip("this file system has no access lists")
    mode = (checkout / SCRIPT_PATH).stat().st_mode
    apply(checkout, SHAPER)
    assert attributes(checkout / SCRIPT_PATH) == {name: found}
    revert(checkout, "shaper", SHAPER)
    assert attributes(checkout / SCRIPT_PATH) == {name: found}
    assert (checkout / SCRIPT_PATH).stat().st_mode == mode


def test_attributes_that_cannot_be_kept_are_told(tagged):
    with faulty(At(1, faults.fails(errno.ENOTSUP), counts=lambda call, _: call is os.setxattr)):
        done = apply(tagged, SHAPER)
    assert f"{SCRIPT_PATH} lost the extended attributes user.origin" in done.notes


@pytest.mark.parametrize("number", [errno.EPERM, errno.EXDEV, errno.ENOTSUP, errno.EMLINK])
def test_without_links_the_old_files_are_copied(checkout, number):
    before = snapshot(checkout)
    with faulty(At(1, faults.fails(number), counts=is_link, lasts=is_link)):
        apply(checkout, SHAPER)
        revert(checkout, "shaper", SHAPER)
    assert snapshot(checkout) == before


def apply_without_links(checkout) -> None:
    invoke = system.invoke

    def call(function, *arguments, **options):
        if function is os.link:
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))
        return invoke(function, *arguments, **options)

    system.invoke = call
    try:
        apply(checkout, SHAPER)
    finally:
        system.invoke = invoke


def test_without_links_every_fault_is_undone_too(tmp_path):
    sweep = Sweep.of(tmp_path, make(tmp_path / "template"), apply_without_links)
    points = sweep.points()
    outcomes = [sweep.error(n, faults.fails(errno.EIO)) for n in range(1, points + 1, 5)]
    outcomes += [sweep.kill(point) for point in range(3, points + 1, 5)]
    assert {"undone", "recovered"} <= set(outcomes)


def test_a_rollback_that_fails_keeps_the_journal_and_says_so(checkout):
    before = snapshot(checkout)
    with (
        faulty(At(60, faults.fails(errno.EROFS), lasts=faults.changes)),
        pytest.raises(EnvironmentProblem, match="eloss patch recover"),
    ):
        apply(checkout, SHAPER)
    assert (checkout / JOURNAL).exists()
    assert recover(checkout).operation == "apply"
    assert snapshot(checkout) == before


def test_a_journal_that_a_power_cut_brought_back_is_finished(checkout):
    """The change was made and its leftovers removed, but the journal's name came back."""
    with faulty(At(1, faults.dies, counts=removes_the_journal)):
        faults.forked(lambda: apply(checkout, SHAPER))
    shutil.rmtree(checkout / ".eloss" / "undo")
    with touching(checkout):
        recover(checkout)
    assert status(checkout, [SHAPER]).is_applied


def test_originals_that_are_gone_are_told(checkout):
    with faulty(At(1, faults.dies, counts=replaces_the_last_file)):
        faults.forked(lambda: apply(checkout, SHAPER))
    assert (checkout / JOURNAL).exists()
    shutil.rmtree(checkout / ".eloss" / "undo")
    with touching(checkout), pytest.raises(Refused, match="are gone"):
        recover(checkout)


@pytest.mark.parametrize("damage", [b"", b"{", b"null", b'{"schema": 1}', b'{"schema": 7}'])
def test_a_damaged_journal_is_told_and_nothing_is_guessed(checkout, damage):
    (checkout / ".eloss").mkdir()
    (checkout / JOURNAL).write_bytes(damage)
    with touching(checkout), pytest.raises(Refused, match="journal"):
        recover(checkout)
    assert (checkout / JOURNAL).read_bytes() == damage


def test_recover_without_anything_to_recover_writes_nothing(checkout):
    with untouched(checkout):
        assert recover(checkout).outcome == "nothing to recover"
    apply(checkout, SHAPER)
    with untouched(checkout):
        assert recover(checkout).outcome == "nothing to recover"


def test_leftovers_in_our_folder_are_swept(checkout):
    apply(checkout, SHAPER)
    clean = snapshot(checkout)
    (checkout / ".eloss" / "originals" / ("0" * 64)).write_bytes(b"old")
    (checkout / ".eloss" / "manifest.json.tmp").write_bytes(b"half")
    recover(checkout)
    assert snapshot(checkout) == clean


def test_a_file_of_our_folder_is_seen_whole_or_not_at_all(checkout):
    with OpenTree(checkout) as tree:
        tree.make_folder(".eloss")
        own_folder.replace(tree, JOURNAL, b"one")
        with faulty(At(3, faults.torn)), pytest.raises(OSError, match="space"):
            own_folder.replace(tree, JOURNAL, b"a longer one")
        assert tree.read(JOURNAL) == b"one"


def test_identities_differ():
    assert len({journal.new_identity() for _ in range(100)}) == 100
