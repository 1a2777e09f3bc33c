"""What holds of every checkout that users have edited, if planning said yes."""

import pytest

from eloss_plugins.errors import Refused
from eloss_plugins.patching.patch_set import PatchSet
from eloss_plugins.patching.plan import FileChange, plan
from eloss_plugins.patching.recognise import recognise
from eloss_plugins.patching.removal import carries, without
from eloss_plugins.patching.source import Source
from tests.patching.sources import FILES, MODEL_PATH, SCRIPT_PATH, SHAPER, set_of, write
from tests.patching.user_edits import edited

pytestmark = pytest.mark.slow

SEEDS = range(300)
PATHS = (MODEL_PATH, MODEL_PATH, SCRIPT_PATH)


def only(path: str) -> PatchSet:
    return set_of(*SHAPER.files[path])


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """Changes of a plan for each edited checkout; a message where it was refused."""
    folder = write(tmp_path_factory.mktemp("checkout"))
    found: dict[int, tuple[FileChange, ...] | str] = {}
    for seed in SEEDS:
        path = PATHS[seed % len(PATHS)]
        try:
            found[seed] = plan(folder, only(path), {path: edited(FILES[path], seed)}).changes
        except Refused as problem:
            found[seed] = str(problem)
    return found


@pytest.fixture(scope="module")
def accepted(outcomes):
    """The changes of all files of all checkouts for which planning said yes."""
    return [it for changes in outcomes.values() if not isinstance(changes, str) for it in changes]


def test_most_edits_are_no_reason_to_refuse(outcomes):
    refused = [it for it in outcomes.values() if isinstance(it, str)]
    assert len(refused) < 0.2 * len(SEEDS)


def test_refusals_are_because_of_an_anchor_or_a_name(outcomes):
    for said in (it for it in outcomes.values() if isinstance(it, str)):
        assert any(why in said for why in ("not found", "ambiguous", "not bound there"))


def test_taking_our_lines_out_gives_every_byte_back(accepted):
    for it in accepted:
        assert without(it.path, it.after, SHAPER.files[it.path]) == it.before


def test_only_whole_marked_lines_are_added(accepted):
    for it in accepted:
        rest = [
            line for line in it.after.split(b"\n") if not line.rstrip(b"\r").endswith(b"  # eloss")
        ]
        assert b"\n".join(rest).rstrip(b"\r\n") == it.before.rstrip(b"\r\n")


def test_second_plan_changes_nothing(accepted, tmp_path):
    for it in accepted[::3]:
        assert plan(tmp_path, only(it.path), {it.path: it.after}).changes == ()


def test_edited_files_print_as_they_were_read(accepted):
    for it in accepted:
        source = Source.read(it.path, it.before)
        assert source.with_lines(source.lines).data == it.before


def test_users_may_go_on_editing_and_revert_takes_our_lines_alone(accepted):
    for seed, it in enumerate(accepted):
        line = b"# mine %d\n" % seed
        more = line + it.after.removeprefix(b"\xef\xbb\xbf")
        assert without(it.path, more, SHAPER.files[it.path]) == (
            line + it.before.removeprefix(b"\xef\xbb\xbf")
        )


def test_patched_files_are_recognised_by_their_markers(accepted, tmp_path):
    assert all(carries(it.after, SHAPER.files[it.path]) for it in accepted)
    write(tmp_path, {it.path: it.after for it in accepted})
    assert recognise(tmp_path, [SHAPER]).patched == (SHAPER,)
