"""Processes that this one starts to train with it, and what becomes of them.

Fabric can start processes too. It kills the first process when another one ends, so that nothing
can be said or saved, it has no answer to Ctrl-C before training begins, and it starts the user's
whole program again where one command of a chain was meant.
"""

import atexit
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

import torch.distributed as dist

from eloss_plugins.errors import EnvironmentProblem, UsageError
from eloss_plugins.trainers.processes.surroundings import (
    MEETING,
    Surroundings,
    own_command,
    runs_one_command,
)

if TYPE_CHECKING:
    from torch._C._distributed_c10d import Store, TCPStore

HOST = "127.0.0.1"
PATIENCE = timedelta(hours=2)  # one process may build graphs while the others wait
LOOK_SECONDS = 0.2
GRACE_SECONDS = 15.0  # for a process to notice by itself that another one has gone
FAREWELL_SECONDS = 30.0  # for the others to end after this one

_own: "Company | None" = None
_joined = 0  # sittings of the company that this process was started for


class Company:
    """The processes that this one, number 0, has started.

    Args:
        world: how many train, this one included.
    """

    def __init__(self, world: int) -> None:
        command = own_command()
        self.world = world
        self.sittings = 0
        self.is_for_one_sitting = runs_one_command()
        self.store = _store(0, world, is_master=True)
        self._is_sitting = False
        self._others = [self._started(command, rank) for rank in range(1, world)]
        threading.Thread(target=self._watch, daemon=True, name="eloss-company").start()
        atexit.register(self.part)

    def _started(self, command: list[str], rank: int) -> "subprocess.Popen[bytes]":
        numbers = {"RANK": rank, "LOCAL_RANK": rank}
        numbers |= {"WORLD_SIZE": self.world, "LOCAL_WORLD_SIZE": self.world}
        own = {name: str(value) for name, value in numbers.items()}
        return subprocess.Popen(
            command,
            env=os.environ | own | {MEETING: str(self.store.port)},
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches the first process, which tells the others
        )

    def meet(self) -> "Store":
        """Wait until all are there; gives the store of this sitting.

        Raises:
            EnvironmentProblem: one of them ended before it was there.
        """
        self.sittings += 1
        self._is_sitting = True
        names = [_present(self.sittings, rank) for rank in range(1, self.world)]
        while not self.store.check(names):
            if self.loss():
                raise EnvironmentProblem(self.loss())
            time.sleep(LOOK_SECONDS)
        return _of_sitting(self.sittings, self.store)

    def rise(self) -> None:
        """The sitting is over: from now on the others may end."""
        self._is_sitting = False
        if self.is_for_one_sitting:
            self.part()

    def loss(self) -> str:
        """Which of the others has ended, in words; empty if none has."""
        for rank, other in enumerate(self._others, start=1):
            code = other.poll()
            if code is not None:
                return f"{_ended(rank, self.world, code)}. {ADVICE}"
        return ""

    def dismiss(self) -> None:
        """End the others at once."""
        global _own
        _own = None
        self._is_sitting = False
        atexit.unregister(self.part)
        for other in self._others:
            with suppress(OSError):
                other.kill()
            other.wait()

    def part(self) -> None:
        """At the end of this process: wait for the others, who have the same end to reach."""
        self._is_sitting = False
        end = time.monotonic() + FAREWELL_SECONDS
        with suppress(subprocess.TimeoutExpired):
            for other in self._others:
                other.wait(max(0.0, end - time.monotonic()))
        self.dismiss()

    def _watch(self) -> None:
        """End this process if it does not notice that another one has gone, as under NCCL."""
        while any(other.poll() is None for other in self._others) or self._is_sitting:
            time.sleep(LOOK_SECONDS)
            sitting, lost = self.sittings, self.loss()
            if not lost or not self._is_sitting:
                continue
            end = time.monotonic() + GRACE_SECONDS
            while self._is_sitting and sitting == self.sittings and time.monotonic() < end:
                time.sleep(LOOK_SECONDS)
            if self._is_sitting and sitting == self.sittings:
                _leave(lost)


ADVICE = "The last checkpoint is kept: run again with --resume"


def company(world: int) -> Company:
    """The processes of this program, started at the first call.

    Raises:
        UsageError: there are some already, of another number.
    """
    global _own
    if _own is None or _own.loss():
        _own = Company(world)
    if _own.world != world:
        raise UsageError(
            f"expected {_own.world} devices, as in the first run of this program; got {world}. "
            "Start another program for it"
        )
    return _own


def join(around: Surroundings) -> "Store":
    """As one of the others: go to where the first process waits; gives the store of the sitting."""
    global _joined
    _joined += 1
    store = _store(int(os.environ[MEETING]), around.world, is_master=False)
    store.set(_present(_joined, around.rank), "here")
    return _of_sitting(_joined, store)


def _store(port: int, world: int, *, is_master: bool) -> "TCPStore":
    """What processes of one machine tell each other; port 0 takes one that is free."""
    made: TCPStore = dist.TCPStore(  # type: ignore[attr-defined]  # torch lists no exports
        HOST, port, world, is_master, timeout=PATIENCE, wait_for_workers=False
    )
    return made


def _of_sitting(number: int, store: "Store") -> "Store":
    """A part of `store` that no other sitting writes to."""
    part: Store = dist.PrefixStore(  # type: ignore[attr-defined]  # torch lists no exports
        f"sitting {number}", store
    )
    return part


def _present(sitting: int, rank: int) -> str:
    return f"sitting {sitting}, process {rank}"


def _ended(rank: int, world: int, code: int) -> str:
    who = f"process {rank + 1} of {world}"
    if code >= 0:
        return f"{who} ended with exit code {code} while the others trained"
    name = signal.Signals(-code).name
    why = "; the system does that when memory runs out" if name == "SIGKILL" else ""
    return f"{who} was killed ({name}{why})"


@cache
def end_with_parent() -> None:
    """From now on, end this process when its parent has ended: nobody else would."""
    threading.Thread(target=_end_after, args=(os.getppid(),), daemon=True).start()


def _end_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os._exit(EnvironmentProblem.exit_code)


def _leave(sentence: str) -> None:
    with suppress(OSError, ValueError):
        sys.stderr.write(f"eloss: {sentence}\n")
        sys.stderr.flush()
    os._exit(EnvironmentProblem.exit_code)
