"""Taking out: edits after apply, deleted and renamed files, lost backups."""

import os
import shutil
from dataclasses import replace

import pytest

from eloss_plugins.errors import Refused
from eloss_plugins.patching.apply import apply
from eloss_plugins.patching.revert import Choices, revert
from eloss_plugins.patching.status import status

from .checkouts import FILES_OF, snapshot, touching, untouched
from .sources import FILES, MODEL_PATH, SCRIPT_PATH, SHAPER

FLAG = b'parser.add_argument("--loss-plugin")'


@pytest.fixture
def patched(checkout):
    apply(checkout, SHAPER)
    return checkout


def take_out(checkout, **choices):
    return revert(checkout, "shaper", SHAPER, Choices(**choices))


def edit(path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))


def test_revert_of_what_was_never_applied_does_nothing(checkout):
    with untouched(checkout):
        assert take_out(checkout).outcome == "nothing to do"


def test_the_second_revert_does_nothing(patched):
    take_out(patched)
    with untouched(patched):
        assert take_out(patched).outcome == "nothing to do"


def test_edits_outside_of_our_lines_stay(patched):
    edit(patched / SCRIPT_PATH, b"print(", b"print('mine', ")
    edit(patched / MODEL_PATH, b"# Compare.", b"# Compared by me.")
    with touching(patched, *FILES_OF):
        take_out(patched)
    wanted = {
        SCRIPT_PATH: FILES[SCRIPT_PATH].replace(b"print(", b"print('mine', "),
        MODEL_PATH: FILES[MODEL_PATH].replace(b"# Compare.", b"# Compared by me."),
    }
    assert {path: (patched / path).read_bytes() for path in FILES_OF} == wanted


def test_an_edit_of_our_lines_is_refused_and_shown(patched):
    edit(patched / SCRIPT_PATH, FLAG, FLAG[:-1] + b", default=3)")
    with untouched(patched), pytest.raises(Refused) as caught:
        take_out(patched)
    assert "--keep-mine" in str(caught.value)
    assert "default=3" in str(caught.value)
    assert SCRIPT_PATH in str(caught.value)


def test_all_files_are_told_at_once(patched):
    edit(patched / SCRIPT_PATH, FLAG, FLAG[:-1] + b", default=3)")
    edit(patched / MODEL_PATH, b"gap = -gap  # eloss", b"gap = gap  # eloss")
    with pytest.raises(Refused) as caught:
        take_out(patched)
    assert all(path in str(caught.value) for path in FILES_OF)


def test_keep_mine_reverts_the_other_files(patched):
    edit(patched / SCRIPT_PATH, FLAG, FLAG[:-1] + b", default=3)")
    mine = (patched / SCRIPT_PATH).read_bytes()
    with touching(patched, MODEL_PATH):
        take_out(patched, edited="keep")
    assert (patched / SCRIPT_PATH).read_bytes() == mine
    assert (patched / MODEL_PATH).read_bytes() == FILES[MODEL_PATH]


def test_force_backup_brings_the_original_and_puts_mine_aside(patched):
    edit(patched / SCRIPT_PATH, FLAG, FLAG[:-1] + b", default=3)")
    mine = (patched / SCRIPT_PATH).read_bytes()
    (note,) = take_out(patched, edited="replace").notes
    assert (patched / note.split()[-1]).read_bytes() == mine
    assert (patched / SCRIPT_PATH).read_bytes() == FILES[SCRIPT_PATH]


def test_a_deleted_file_is_refused(patched):
    (patched / SCRIPT_PATH).unlink()
    with untouched(patched), pytest.raises(Refused, match="--restore"):
        take_out(patched)


def test_a_deleted_file_is_restored_if_that_is_asked(checkout):
    before = snapshot(checkout)
    apply(checkout, SHAPER)
    (checkout / SCRIPT_PATH).unlink()
    take_out(checkout, restore=True)
    assert snapshot(checkout) == before


def test_a_deleted_file_is_not_restored_into_a_folder_that_is_gone(patched):
    shutil.rmtree(patched / "model")
    with untouched(patched), pytest.raises(Refused, match="folder"):
        take_out(patched, restore=True)


def test_a_deleted_file_stays_deleted_if_that_is_asked(patched):
    (patched / SCRIPT_PATH).unlink()
    take_out(patched, edited="keep")
    assert not (patched / SCRIPT_PATH).exists()
    assert not (patched / ".eloss").exists()


def test_revert_keeps_the_mode_that_the_file_has_now(patched):
    (patched / SCRIPT_PATH).chmod(0o700)
    take_out(patched)
    assert (patched / SCRIPT_PATH).stat().st_mode & 0o777 == 0o700


def test_a_written_file_has_a_new_time(patched):
    os.utime(patched / SCRIPT_PATH, (1, 1))
    take_out(patched)
    assert (patched / SCRIPT_PATH).stat().st_mtime > 1e9


def test_without_backups_the_lines_are_taken_out_all_the_same(checkout):
    before = snapshot(checkout)
    apply(checkout, SHAPER)
    shutil.rmtree(checkout / ".eloss" / "originals")
    take_out(checkout)
    assert snapshot(checkout) == before


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_without_backups_what_needs_them_is_refused(patched, damage):
    edit(patched / SCRIPT_PATH, FLAG, FLAG[:-1] + b", default=3)")
    for kept in (patched / ".eloss" / "originals").iterdir():
        kept.unlink() if damage == "gone" else kept.write_bytes(b"other")
    with untouched(patched), pytest.raises(Refused, match="original is gone"):
        take_out(patched, edited="replace")


def test_a_renamed_file_is_refused_with_its_new_name(patched):
    (patched / "scripts").mkdir()
    (patched / SCRIPT_PATH).rename(patched / "scripts" / "start.py")
    with untouched(patched), pytest.raises(Refused, match="scripts/start.py"):
        take_out(patched)


@pytest.mark.parametrize("moved", ["start.py", None])
def test_another_file_with_equal_lines_is_not_taken_for_the_new_place(checkout, moved):
    """As two scripts of one upstream that get the same flag."""
    twin = replace(SHAPER.edits[2], file="other.py")
    both = replace(SHAPER, edits=(*SHAPER.edits, twin))
    (checkout / "other.py").write_bytes(FILES[SCRIPT_PATH])
    apply(checkout, both)
    script = (checkout / SCRIPT_PATH).rename(checkout / "start.py")
    if moved is None:
        script.unlink()
    said = f"seems to be {moved} now" if moved else f"{SCRIPT_PATH} is gone. --restore"
    with untouched(checkout), pytest.raises(Refused, match=said):
        revert(checkout, "shaper", both)


def test_a_patch_set_that_is_no_longer_installed_can_be_taken_out(checkout):
    before = snapshot(checkout)
    apply(checkout, SHAPER)
    assert status(checkout, []).sets[0].package == "not installed"
    revert(checkout, "shaper", None)
    assert snapshot(checkout) == before
