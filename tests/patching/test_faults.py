"""Every system call of apply, upgrade, revert and recover fails, or is the process's last one."""

import errno
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from eloss_plugins.cli.main import main
from eloss_plugins.patching.apply import apply
from eloss_plugins.patching.revert import revert

from . import checkouts, faults
from .checkouts import SHAPER_2, snapshot
from .faults import Sweep, changes, grows
from .sources import SCRIPT_PATH, SHAPER

STEP = 1 if os.environ.get("ELOSS_ALL_FAULTS") else 7
"""Every seventh point, unless all are asked for; with a different start for each kind of fault."""


def put_in(checkout: Path) -> None:
    apply(checkout, SHAPER)


def upgrade(checkout: Path) -> None:
    apply(checkout, SHAPER_2, upgrade=True)


def take_out(checkout: Path) -> None:
    revert(checkout, "shaper", SHAPER)


@pytest.fixture(params=["apply", "upgrade", "revert"])
def sweep(request, tmp_path) -> Sweep:
    template = checkouts.make(tmp_path / "template")
    if request.param != "apply":
        put_in(template)
    operation = {"apply": put_in, "upgrade": upgrade, "revert": take_out}[request.param]
    return Sweep.of(tmp_path, template, operation)


def outcomes(sweep: Sweep, start: int, do: Callable[[int], str], step: int = STEP) -> Counter[str]:
    points = sweep.points()
    assert points > 40
    return Counter(do(point) for point in range(1 + start % step, points + 1, step))


@pytest.mark.parametrize("number", [*faults.ERRORS, errno.EDQUOT, errno.EROFS])
def test_one_failing_call_changes_nothing(sweep, number):
    found = outcomes(sweep, number, partial(sweep.error, fault=faults.fails(number)))
    assert found["undone"] > found["done"]


def test_a_write_that_stops_half_way_changes_nothing(sweep):
    assert outcomes(sweep, 2, partial(sweep.error, fault=faults.torn))["undone"]


def test_a_full_disk_that_stays_full_changes_nothing(sweep):
    def full(point: int) -> str:
        return sweep.lasting(point, errno.ENOSPC, grows)

    assert outcomes(sweep, 3, full)["recovered"] == 0


def test_a_disk_that_turns_read_only_leaves_what_recover_undoes(sweep):
    def read_only(point: int) -> str:
        return sweep.lasting(point, errno.EROFS, changes)

    assert outcomes(sweep, 4, read_only)["recovered"]


def test_a_killed_process_leaves_what_recover_undoes(sweep):
    assert outcomes(sweep, 5, sweep.kill)["recovered"]


@pytest.mark.parametrize("share", [0.5, 0.75, 0.9])
def test_recover_can_be_killed_as_well(sweep, share):
    first = int(sweep.points() * share)
    found = outcomes(sweep, 6, partial(sweep.kill_twice, first))
    assert found.total() > 5


@pytest.mark.parametrize("number", faults.ERRORS)
def test_a_recover_that_fails_can_be_repeated(sweep, number):
    first = int(sweep.points() * 0.75)
    found = outcomes(sweep, number, partial(sweep.kill_and_error, first, number))
    assert found.total() > 5


def test_an_interrupted_process_undoes_by_itself(sweep):
    found = outcomes(sweep, 1, partial(sweep.interrupt, fault=faults.interrupts))
    assert found["undone"]


@pytest.fixture
def interruptible() -> Iterator[None]:
    """As in a terminal; a shell's background job is deaf to SIGINT."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_undo_and_have_their_exit_codes(tmp_path, shaper_is_installed, number, code):
    template = checkouts.make(tmp_path / "template")
    before = snapshot(template)

    def work() -> None:
        with faults.faulty(faults.At(40, lambda *_: os.kill(os.getpid(), number))):
            os._exit(main(["patch", "apply", "shaper", str(template)]))

    assert faults.forked(work) == code
    assert snapshot(template) == before


def fifteen_times(*_) -> None:
    """An impatient user."""
    if next(fifteen_times.left, False):
        # to this thread: one that another thread takes may arrive when the test is over
        signal.raise_signal(signal.SIGINT)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("point", [10, 30, 50, 60])
def test_more_interrupts_do_not_stop_the_undoing(tmp_path, point):
    checkout = checkouts.make(tmp_path / "checkout")
    before = snapshot(checkout)
    fifteen_times.left = iter([True] * 15)
    with (
        faults.faulty(faults.At(point, fifteen_times, lasts=lambda *_: True)),
        pytest.raises(KeyboardInterrupt),
    ):
        put_in(checkout)
    assert not faults.needs_recovery(checkout)
    assert checkouts.users(snapshot(checkout)) == before


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "Make room"),
        (errno.EDQUOT, "Make room"),
        (errno.EROFS, "Make that writable"),
        (errno.EIO, "Run the command again"),
    ],
)
@pytest.mark.parametrize("point", [1, 40])
def test_the_command_says_what_to_do(tmp_path, eloss_patch, number, advice, point):
    checkout = checkouts.make(tmp_path / "checkout")
    with checkouts.untouched(checkout), faults.faulty(faults.At(point, faults.fails(number))):
        answer = eloss_patch("apply", "shaper", str(checkout))
    assert answer.code == 5
    assert f"{os.strerror(number)}; nothing was changed. {advice}" in answer.err


def replaces_the_script(call, arguments) -> bool:
    return call is os.rename and arguments[1] == SCRIPT_PATH


@pytest.mark.parametrize("action", ["apply", "revert"])
def test_the_command_says_that_recovery_is_needed_and_recovers(tmp_path, eloss_patch, action):
    template = checkouts.make(tmp_path / "template")
    if action == "revert":
        put_in(template)
    before = snapshot(template)
    with faults.faulty(faults.At(1, faults.dies, counts=replaces_the_script)) as at:
        work = {"apply": put_in, "revert": take_out}[action]
        assert faults.forked(lambda: work(template)) == -signal.SIGKILL, at
    for words in (["status"], ["apply", "shaper"], ["revert"], ["diff", "shaper"]):
        answer = eloss_patch(*words, str(template))
        assert answer.code == 4
        assert "`eloss patch recover`" in answer.err
    assert eloss_patch("recover", str(template)).code == 0
    assert snapshot(template) == before
