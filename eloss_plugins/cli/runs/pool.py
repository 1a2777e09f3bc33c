"""Runs in parallel processes that are watched, stopped one by one or all together."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from eloss_plugins.cli.failures import Terminated
from eloss_plugins.cli.settings import ENVIRONMENT_PREFIX
from eloss_plugins.cores import cores
from eloss_plugins.errors import EnvironmentProblem
from eloss_plugins.progress import Progress

CHAIN = ("-m", "eloss_plugins.cli.runs.chain")  # what runs the commands of a job
POLL_SECONDS = 0.2
LEFTOVER_SECONDS = 120.0  # in which a run whose parent was killed notices, saves and ends
TAIL_BYTES = 4096


class Job(Protocol):
    """A run: commands of `eloss` that work in one folder."""

    @property
    def name(self) -> str:
        """For people."""

    @property
    def folder(self) -> Path:
        """Of the run; its last part names its log."""

    @property
    def words(self) -> Sequence[Sequence[str]]:
        """The commands, one after the other."""

    @property
    def steps(self) -> int | None:
        """Of training; None when epochs decide."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended: exit code 0, and its log."""

    job: Job
    code: int
    log: Path


@dataclass(eq=False)
class Running:
    """A run that is under way."""

    job: Job
    process: "subprocess.Popen[bytes]"
    log: Path
    began: float = field(default_factory=time.monotonic)
    steps: int = 0


class Pool:
    """Up to `workers` runs at a time, each with its share of the cores as threads.

    Args:
        workers: processes at once.
        logs: folder for what the runs print.
        task: shows progress in steps.
    """

    def __init__(self, workers: int, logs: Path, task: Progress) -> None:
        self._workers, self._logs, self._task = workers, logs, task
        self._environment = environment(max(1, cores() // workers))
        self.running: list[Running] = []
        logs.mkdir(parents=True, exist_ok=True)

    @property
    def has_room(self) -> bool:
        """Whether another run may start."""
        return len(self.running) < self._workers

    def start(self, job: Job) -> Running:
        """Start a run, after one of the same name that a killed process left behind has ended.

        Raises:
            EnvironmentProblem: that one does not end.
        """
        log = self._logs / f"{job.folder.name}.log"
        words = (json.dumps(job.words), str(os.getpid()))
        with _alone(log.with_suffix(".lock")) as lock, log.open("ab") as stream:
            # a session of its own: Ctrl-C reaches the run once, from us
            process = subprocess.Popen(
                [sys.executable, *CHAIN, *words],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                env=self._environment,
                start_new_session=True,
                pass_fds=(lock,),
            )
        self.running.append(Running(job, process, log, steps=last_step(job.folder)))
        return self.running[-1]

    def poll(self, **shown: float | int | str) -> list[Outcome]:
        """Note the progress of all runs, with `shown` beside it; the runs that have ended."""
        ended = []
        for running in list(self.running):
            code = running.process.poll()
            step = max(running.steps, last_step(running.job.folder))
            if code == 0 and running.job.steps is not None:
                step = running.job.steps
            self._task.advance(step - running.steps, **self._phases(), **shown)
            running.steps = step
            if code is not None:
                self.running.remove(running)
                ended.append(Outcome(running.job, code, running.log))
        return ended

    def stop_one(self, running: Running) -> None:
        """Ask one run to save and end."""
        _send(running, signal.SIGTERM)

    def stop_all(self, number: signal.Signals) -> None:
        """Pass a signal on to all runs, and wait until they have saved."""
        self._task.say(f"stopping {len(self.running)} runs; they save first")
        for running in self.running:
            _send(running, number)
        try:
            for running in self.running:
                running.process.wait()
        except (KeyboardInterrupt, Terminated):
            self._kill()

    @contextmanager
    def ending_together(self) -> Iterator[None]:
        """A SIGINT or SIGTERM inside reaches the runs, which save; then it is raised again."""
        try:
            yield
        except KeyboardInterrupt:
            self.stop_all(signal.SIGINT)
            raise
        except Terminated:
            self.stop_all(signal.SIGTERM)
            raise
        except BaseException:
            self._kill()
            raise

    def _phases(self) -> dict[str, int]:
        training = sum(r.job.steps is None or r.steps < r.job.steps for r in self.running)
        return {"training": training, "sampling": len(self.running) - training}

    def _kill(self) -> None:
        for running in self.running:
            _send(running, signal.SIGKILL)
        for running in self.running:
            running.process.wait()


def environment(threads: int) -> dict[str, str]:
    """This process's variables, without settings that would differ from the plan."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(ENVIRONMENT_PREFIX)}
    return kept | {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}


def last_step(folder: Path) -> int:
    """The last step that a run has noted; 0 when there is none."""
    try:
        with (folder / "metrics.jsonl").open("rb") as stream:
            stream.seek(0, os.SEEK_END)
            stream.seek(max(0, stream.tell() - TAIL_BYTES))
            lines = stream.read().splitlines(keepends=True)
    except OSError:
        return 0
    return next((step for step in map(_step, reversed(lines)) if step is not None), 0)


def last_words(log: Path) -> str:
    """What a run said last, its error if it told one."""
    try:
        lines = log.read_text("utf-8", "replace").strip().splitlines()
    except OSError:
        return "no log"
    told = [line for line in lines if line.startswith("eloss: ")]
    return (told or lines or ["no output"])[-1].removeprefix("eloss: ")


def _step(line: bytes) -> int | None:
    try:
        record: Mapping[str, object] = json.loads(line)
        return int(str(record["step"])) if line.endswith(b"\n") else None
    except (ValueError, KeyError, TypeError):
        return None


def _send(running: Running, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(running.process.pid, number)


@contextmanager
def _alone(path: Path) -> Iterator[int]:
    """A lock that a run inherits and holds until its last process has ended, however it ends."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        end = time.monotonic() + LEFTOVER_SECONDS
        while not _locked(handle):
            if time.monotonic() > end:
                raise EnvironmentProblem(
                    f"a run of an earlier sitting still holds {path}; end it, then try again"
                )
            time.sleep(POLL_SECONDS)
        yield handle
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks: the run's own folder still has its lock
    return True
