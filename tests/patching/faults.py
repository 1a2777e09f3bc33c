"""Faults at every system call with which a checkout is changed, and what they leave behind.

The patch engine makes all of them through `system.invoke`. A fault is put at the n-th: an error,
a write that stops half-way, or the death of a process forked for that.
"""

import errno
import os
import shutil
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eloss_plugins.errors import EnvironmentProblem, NeedsRecovery
from eloss_plugins.patching import system
from eloss_plugins.patching.recover import recover
from eloss_plugins.patching.status import status

from .checkouts import Snapshot, snapshot, users

CHANGING = {
    os.write,
    os.fsync,
    os.rename,
    os.link,
    os.unlink,
    os.mkdir,
    os.rmdir,
    os.fchmod,
    os.fchown,
    os.utime,
    os.ftruncate,
    getattr(os, "setxattr", None),
}
GROWING = {os.write, os.link, os.mkdir}
ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES)
Operation = Callable[[Path], object]


def changes(call: Any, arguments: tuple[Any, ...]) -> bool:
    return call in CHANGING or (call is os.open and bool(arguments[1] & os.O_CREAT))


def grows(call: Any, arguments: tuple[Any, ...]) -> bool:
    return call in GROWING or (call is os.open and bool(arguments[1] & os.O_CREAT))


@dataclass
class At:
    """Does `fault` at the `point`-th call that `counts`, and, if it `lasts`, at all that follow."""

    point: int
    fault: Callable[[Any, tuple[Any, ...]], None]
    counts: Callable[[Any, tuple[Any, ...]], bool] = changes
    lasts: Callable[[Any, tuple[Any, ...]], bool] | None = None
    seen: int = field(default=0)

    def __call__(self, call: Any, *arguments: Any, **options: Any) -> Any:
        self.seen += self.counts(call, arguments)
        due = self.seen == self.point and self.counts(call, arguments)
        if due or (self.lasts and self.seen > self.point and self.lasts(call, arguments)):
            self.fault(call, arguments)
        return None if call is os.fsync else call(*arguments, **options)  # slow, and unseen here


@contextmanager
def faulty(at: At) -> Iterator[At]:
    before = system.invoke
    system.invoke = at
    try:
        yield at
    finally:
        system.invoke = before


def fails(number: int) -> Callable[[Any, tuple[Any, ...]], None]:
    def fault(call: Any, arguments: tuple[Any, ...]) -> None:
        raise OSError(number, os.strerror(number))

    return fault


def interrupts(call: Any, arguments: tuple[Any, ...]) -> None:
    raise KeyboardInterrupt


def torn(call: Any, arguments: tuple[Any, ...]) -> None:
    """The disk is full in the middle of a write."""
    if call is os.write:
        os.write(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def dies(call: Any, arguments: tuple[Any, ...]) -> None:
    """The process is gone, half a write done."""
    if call is os.write:
        os.write(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
    os.kill(os.getpid(), signal.SIGKILL)


def fork() -> int:
    """As `os.fork`; the child must need none of the threads of this process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def forked(work: Callable[[], object]) -> int:
    """Exit status of a child that does `work`: 0, 5 for an error, or minus its last signal."""
    child = fork()
    if child == 0:
        code = 0
        try:
            work()
        except EnvironmentProblem:
            code = 5
        except BaseException as problem:
            print(repr(problem), file=sys.stderr)
            code = 70
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@dataclass(frozen=True)
class Sweep:
    """An operation on a checkout, with the states that it may leave.

    Attributes:
        root: scratch folder.
        template: the checkout before the operation.
        operation: what is done; it must not change the process.
        old, new: the user's files before it and after it.
    """

    root: Path
    template: Path
    operation: Operation
    old: Snapshot
    new: Snapshot

    @classmethod
    def of(cls, root: Path, template: Path, operation: Operation) -> "Sweep":
        done = root / "done"
        shutil.copytree(template, done, symlinks=True)
        operation(done)
        made = cls(root, template, operation, snapshot(template), snapshot(done))
        shutil.rmtree(done)
        return made

    def points(self) -> int:
        """How many calls of the operation change something."""
        with self.fresh() as place, faulty(At(0, fails(errno.EIO))) as counter:
            self.operation(place)
        return counter.seen

    @contextmanager
    def fresh(self) -> Iterator[Path]:
        """A copy of the checkout, gone afterwards."""
        place = self.root / "copy"
        shutil.copytree(self.template, place, symlinks=True)
        try:
            yield place
        finally:
            shutil.rmtree(place)

    def error(self, point: int, fault: Callable[[Any, tuple[Any, ...]], None]) -> str:
        """One failing call: everything is as before, or the operation did without that call."""
        with self.fresh() as place:
            try:
                with faulty(At(point, fault)):
                    self.operation(place)
            except EnvironmentProblem:
                assert snapshot(place) == self.old, point
                return "undone"
            assert users(snapshot(place)) == users(self.new), point
            return "done"

    def lasting(self, point: int, number: int, lasts: Callable[..., bool]) -> str:
        """All calls fail from one on: as before, or one `recover` away from it."""
        with self.fresh() as place:
            try:
                with faulty(At(point, fails(number), lasts=lasts)):
                    self.operation(place)
            except EnvironmentProblem:
                return self.recovered(place)
            assert users(snapshot(place)) == users(self.new), point
            return "done"

    def kill(self, point: int) -> str:
        """Death at one call: as before or as after it, at the latest after `recover`."""
        with self.fresh() as place:

            def work() -> None:
                with faulty(At(point, dies)):
                    self.operation(place)

            assert forked(work) == -signal.SIGKILL, point
            return self.recovered(place)

    def kill_twice(self, point: int, second: int) -> str:
        """Death in the operation, then in `recover`."""
        with self.fresh() as place:
            for count, work in ((point, self.operation), (second, recover)):

                def dying(count: int = count, work: Operation = work) -> None:
                    with faulty(At(count, dies)):
                        work(place)

                forked(dying)
            return self.recovered(place)

    def kill_and_error(self, point: int, number: int, second: int) -> str:
        """Death in the operation, then a failing call in `recover`; the next one is whole."""
        with self.fresh() as place:

            def work() -> None:
                with faulty(At(point, dies)):
                    self.operation(place)

            forked(work)
            with suppress(EnvironmentProblem), faulty(At(second, fails(number))):
                recover(place)
            return self.recovered(place)

    def interrupt(self, point: int, fault: Callable[[Any, tuple[Any, ...]], None]) -> str:
        """An exception that is no error: undone by the process itself, unless all was done."""
        with self.fresh() as place:
            try:
                with faulty(At(point, fault)):
                    self.operation(place)
            except KeyboardInterrupt:
                found = snapshot(place)
                assert found == self.old or users(found) == users(self.new), point
                assert not needs_recovery(place)
                return "undone" if found == self.old else "done"
            raise AssertionError("the interrupt got lost")

    def recovered(self, place: Path) -> str:
        """Recover, if that is needed; the files are all old or all new, and no litter stays."""
        needed = needs_recovery(place)
        with faulty(At(0, fails(errno.EIO))):
            recover(place)
        assert not needs_recovery(place)
        found = snapshot(place)
        if users(found) == users(self.old):
            assert found == self.old
            return "recovered" if needed else "undone"
        assert not needed
        assert found == self.new
        return "done"


def needs_recovery(place: Path) -> bool:
    """Whether the next command says so; it changes nothing."""
    before = snapshot(place)
    try:
        status(place, [])
    except NeedsRecovery:
        return True
    finally:
        assert snapshot(place) == before
    return False
