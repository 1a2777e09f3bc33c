"""One process at a time; what comes between plan and commit."""

import errno
import fcntl
import os
import threading
import time
from contextlib import contextmanager
from functools import partial

import pytest

from eloss_plugins.errors import EnvironmentProblem, NeedsRecovery, Refused
from eloss_plugins.patching import execution, lock, transaction
from eloss_plugins.patching.apply import apply
from eloss_plugins.patching.open_tree import OpenTree
from eloss_plugins.patching.recover import recover
from eloss_plugins.patching.revert import revert
from eloss_plugins.patching.status import status

from . import faults
from .checkouts import FILES_OF, make, snapshot
from .sources import FILES, SCRIPT_PATH, SHAPER


@contextmanager
def held(checkout):
    """Another process holds the lock."""
    ready, go = os.pipe(), os.pipe()
    child = faults.fork()
    if child == 0:
        with lock.locked(checkout):
            os.write(ready[1], b"x")
            os.read(go[0], 1)
        os._exit(0)
    os.read(ready[0], 1)
    try:
        yield child
    finally:
        os.write(go[1], b"x")
        os.waitpid(child, 0)
        for end in (*ready, *go):
            os.close(end)


@pytest.mark.parametrize("command", [lambda c: apply(c, SHAPER), lambda c: status(c, [SHAPER])])
def test_a_lock_that_is_kept_names_its_process(checkout, monkeypatch, command):
    monkeypatch.setattr(lock, "PATIENCE", 0.2)
    with held(checkout) as child, pytest.raises(EnvironmentProblem) as caught:
        command(checkout)
    assert f"process {child} " in str(caught.value)
    assert not (checkout / ".eloss").exists()


def test_a_lock_that_is_released_is_waited_for(checkout):
    with held(checkout):
        waiting = threading.Thread(target=lambda: apply(checkout, SHAPER))
        waiting.start()
        time.sleep(0.1)
        assert waiting.is_alive()
    waiting.join(timeout=lock.PATIENCE)
    assert status(checkout, [SHAPER]).is_applied


def children(*works) -> list[int]:
    """Exit statuses of processes that do `works` at the same time."""
    pids = []
    for work in works:
        child = faults.fork()
        if child == 0:
            try:
                work()
            except BaseException as problem:
                os.write(2, f"{problem!r}\n".encode())
                os._exit(1)
            os._exit(0)
        pids.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]


@pytest.mark.usefixtures("disturbed")
def test_many_applies_at_once_are_one_apply(checkout, tmp_path):
    alone = make(tmp_path / "alone")
    apply(alone, SHAPER)
    assert children(*[lambda: apply(checkout, SHAPER)] * 6) == [0] * 6
    assert snapshot(checkout) == snapshot(alone)


def crowd(checkout, patched) -> None:
    before = snapshot(checkout)
    put_in, take_out = partial(apply, checkout, SHAPER), partial(revert, checkout, "shaper", SHAPER)
    works = [put_in, take_out, partial(status, checkout, [SHAPER])] * 3
    assert children(*works) == [0] * len(works)
    assert snapshot(checkout) in (before, snapshot(patched))


@pytest.mark.usefixtures("disturbed")
def test_apply_and_revert_at_once_end_in_one_of_the_two(checkout, tmp_path):
    patched = make(tmp_path / "patched")
    apply(patched, SHAPER)
    crowd(checkout, patched)


@pytest.mark.slow
@pytest.mark.usefixtures("disturbed")
def test_eight_crowds_do_so_too(tmp_path):
    patched = make(tmp_path / "patched")
    apply(patched, SHAPER)
    for number in range(8):
        crowd(make(tmp_path / f"checkout-{number}"), patched)


def test_a_change_at_work_is_waited_for_and_not_called_interrupted(checkout, monkeypatch):
    """Between the look at the lock and the look at the journal another process has begun."""
    monkeypatch.setattr(lock, "wait", lambda *_: None)
    (checkout / ".eloss").mkdir()
    (checkout / ".eloss" / "journal.json").write_text("{}")
    held_for = iter([4321, 4321, None, None])
    monkeypatch.setattr(lock, "holder", lambda _: next(held_for, None))
    examined = []

    def ends_at_the_third_look(tree) -> None:
        examined.append(tree)
        if len(examined) == 3:
            (checkout / ".eloss" / "journal.json").unlink()
        check(tree)

    check = execution.journal.check_none
    monkeypatch.setattr(execution.journal, "check_none", ends_at_the_third_look)
    assert status(checkout, [SHAPER]).sets == ()
    assert len(examined) >= 3


def test_a_reader_sees_old_or_new_and_never_less(checkout):
    seen, stop = set(), threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.add((checkout / SCRIPT_PATH).read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(3):
        apply(checkout, SHAPER)
        seen.add((checkout / SCRIPT_PATH).read_bytes())
        revert(checkout, "shaper", SHAPER)
    stop.set()
    reader.join()
    assert len(seen) == 2


def test_a_file_that_is_open_keeps_its_old_bytes(checkout):
    with (checkout / SCRIPT_PATH).open("rb") as running:
        apply(checkout, SHAPER)
        assert running.read() == FILES[SCRIPT_PATH]


@pytest.mark.parametrize("pid", ["999999", "own", "1", "", "9" * 99])
def test_the_lock_of_a_dead_process_is_taken_over(checkout, pid):
    """Whatever its number is by now: of nobody, or of another process."""
    (checkout / ".eloss").mkdir()
    (checkout / ".eloss" / "lock").write_text(pid.replace("own", str(os.getpid())))
    assert apply(checkout, SHAPER).outcome == "applied"


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP])
def test_a_file_system_without_locks_is_no_obstacle(checkout, monkeypatch, number):
    def no_locks(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", no_locks)
    assert apply(checkout, SHAPER).outcome == "applied"
    revert(checkout, "shaper", SHAPER)


@pytest.mark.usefixtures("disturbed")
def test_locks_that_do_nothing_leave_every_file_whole(checkout, tmp_path, monkeypatch):
    patched = make(tmp_path / "patched")
    apply(patched, SHAPER)
    monkeypatch.setattr(fcntl, "flock", lambda *_: None)
    children(*[lambda: apply(checkout, SHAPER)] * 4)
    for path in FILES_OF:
        assert (checkout / path).read_bytes() in (FILES[path], (patched / path).read_bytes())


def test_a_folder_that_goes_with_its_last_user_is_made_again(checkout):
    with lock.locked(checkout), OpenTree(checkout) as tree:
        assert lock.holder(tree) == os.getpid()
    assert not (checkout / ".eloss").exists()


@pytest.mark.usefixtures("disturbed")
@pytest.mark.parametrize("phase", ["_stage", "_replace"])
def test_a_file_saved_between_plan_and_commit_is_not_overwritten(checkout, monkeypatch, phase):
    mine = FILES[SCRIPT_PATH] + b"# saved in my editor\n"
    step = getattr(transaction, phase)

    def saved_meanwhile(*arguments):
        (checkout / SCRIPT_PATH).write_bytes(mine)
        return step(*arguments)

    monkeypatch.setattr(transaction, phase, saved_meanwhile)
    with pytest.raises(Refused, match=f"{SCRIPT_PATH} was changed"):
        apply(checkout, SHAPER)
    assert (checkout / SCRIPT_PATH).read_bytes() == mine
    (checkout / SCRIPT_PATH).write_bytes(FILES[SCRIPT_PATH])
    assert snapshot(checkout) == snapshot(make(checkout.parent / "fresh"))


@pytest.mark.usefixtures("disturbed")
def test_a_file_saved_before_the_lock_is_planned_again(checkout, monkeypatch):
    mine = FILES[SCRIPT_PATH] + b"# saved in my editor\n"
    check = execution._check_permissions

    def saved_meanwhile(*arguments):
        (checkout / SCRIPT_PATH).write_bytes(mine)
        check(*arguments)

    monkeypatch.setattr(execution, "_check_permissions", saved_meanwhile)
    apply(checkout, SHAPER)
    assert (checkout / SCRIPT_PATH).read_bytes().endswith(b"# saved in my editor\n")


def test_an_edit_after_a_crash_is_not_overwritten(checkout):
    with faults.faulty(faults.At(1, faults.dies, counts=replaces_the_manifest)):
        faults.forked(lambda: apply(checkout, SHAPER))
    mine = (checkout / SCRIPT_PATH).read_bytes() + b"# mine\n"
    (checkout / SCRIPT_PATH).write_bytes(mine)
    with pytest.raises(NeedsRecovery, match=f"{SCRIPT_PATH} was edited"):
        recover(checkout)
    assert (checkout / SCRIPT_PATH).read_bytes() == mine
    (checkout / SCRIPT_PATH).rename(checkout.parent / "mine.py")
    recover(checkout)
    assert snapshot(checkout) == snapshot(make(checkout.parent / "fresh"))


def replaces_the_manifest(call, arguments) -> bool:
    """The last rename, when all other files are replaced."""
    return call is os.rename and arguments[1] == "manifest.json"
