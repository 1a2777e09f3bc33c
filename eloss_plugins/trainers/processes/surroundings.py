"""Where this process stands among those that train together, read from the environment.

No torch in here: the command line asks before it loads anything.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from eloss_plugins.errors import UsageError

MEETING = "ELOSS_MEETING"  # port at which processes of our own making meet
OWN, ELASTIC = "eloss", "torchrun"  # among starters
TORCHRUN = ("RANK", "WORLD_SIZE", "LOCAL_RANK")
SLURM = ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID")

_command: ContextVar[Sequence[str] | None] = ContextVar("eloss_own_command", default=None)


@dataclass(frozen=True)
class Surroundings:
    """This process among its likes.

    Attributes:
        rank: number of this process, over all machines.
        world: how many there are.
        local_rank: number of this process on its machine.
        local_world: how many there are on this machine.
        starter: what started them.
    """

    rank: int
    world: int
    local_rank: int
    local_world: int
    starter: str

    @property
    def has_watchful_parent(self) -> bool:
        """Whether the parent of this process lives as long as the run."""
        return self.starter in (OWN, ELASTIC)

    @property
    def machines(self) -> int:
        """On how many machines they run."""
        return max(1, self.world // max(1, self.local_world))


def found(environment: Mapping[str, str] = os.environ) -> Surroundings | None:
    """What started this process as one of several; None where it was started plainly."""
    if all(environment.get(name, "").isdecimal() for name in TORCHRUN):
        rank, world, local = (int(environment[name]) for name in TORCHRUN)
        local_world = int(environment.get("LOCAL_WORLD_SIZE") or world)
        starter = OWN if MEETING in environment else ELASTIC
        return Surroundings(rank, world, local, local_world, starter)
    if all(environment.get(name, "").isdecimal() for name in SLURM):
        rank, world, local = (int(environment[name]) for name in SLURM)
        machines = int(environment.get("SLURM_STEP_NUM_NODES") or 1)
        if world > 1:  # a plain step may start processes of its own
            return Surroundings(rank, world, local, world // machines, "srun")
    return None


def is_follower() -> bool:
    """True in all but the first of the processes that train together: one of them talks."""
    around = found()
    return around is not None and around.rank > 0


def resolve_devices(given: int | None) -> int:
    """How many processes train together: as many as are asked for, or as were started.

    Raises:
        UsageError: another number of processes was started than is asked for.
    """
    around = found()
    if around is None:
        return 1 if given is None else given
    if given not in (None, around.world):
        raise UsageError(
            f"expected {given} devices, as asked for; got {around.world} processes from "
            f"{around.starter}. Leave --devices out, or start {given} processes"
        )
    return around.world


@contextmanager
def started_by(command: Sequence[str]) -> Iterator[None]:
    """Inside, `command` is what starts this program once more."""
    token = _command.set(tuple(command))
    try:
        yield
    finally:
        _command.reset(token)


def runs_one_command() -> bool:
    """Whether `started_by` says what starts this program: others end with that command."""
    return _command.get() is not None


def own_command() -> list[str]:
    """Words that start this program once more.

    Raises:
        UsageError: there is no such program: an interactive session, or `python -c`.
    """
    given = _command.get()
    if given is not None:
        return list(given)
    program = sys.modules["__main__"]
    spec, file = getattr(program, "__spec__", None), getattr(program, "__file__", None)
    if spec is None and (file is None or not os.path.isfile(file)):
        raise UsageError(
            "several devices need a program that each process can start: a script, `eloss train`, "
            "or torchrun; got an interactive session"
        )
    named = [os.path.abspath(str(file))] if spec is None else ["-m", spec.name]
    return [*python(), *named, *sys.argv[1:]]


def python() -> list[str]:
    """This interpreter with its flags."""
    flags: list[str] = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
    return [sys.executable, *flags]
