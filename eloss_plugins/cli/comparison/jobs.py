"""Runs in parallel processes, one progress display for all, stopped together and resumed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from eloss_plugins.cli.comparison.plan import Job
from eloss_plugins.cli.failures import Terminated
from eloss_plugins.cli.settings import ENVIRONMENT_PREFIX
from eloss_plugins.progress import Progress, progress

POLL_SECONDS = 0.2
TAIL_BYTES = 4096


@dataclass(frozen=True)
class Outcome:
    """How a run ended: exit code 0, and its log."""

    job: Job
    code: int
    log: Path


@dataclass
class _Running:
    job: Job
    process: "subprocess.Popen[bytes]"
    log: Path
    began: float = field(default_factory=time.monotonic)
    steps: int = 0


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_all(jobs: Sequence[Job], workers: int, logs: Path, label: str) -> list[Outcome]:
    """Run what is not finished yet, `workers` at a time.

    A SIGINT or SIGTERM is passed on to the runs, which save; it is raised again when they have.

    Args:
        jobs: all runs; one whose result is there is not run again.
        workers: processes at once; each has its share of the cores as threads.
        logs: folder for what the runs print.
        label: of the progress display.

    Returns:
        Outcomes of the runs that were started, in the order in which they ended.
    """
    waiting = [job for job in jobs if not job.result.exists()]
    logs.mkdir(parents=True, exist_ok=True)
    total = None if any(job.steps is None for job in jobs) else sum(job.steps or 0 for job in jobs)
    finished = sum(job.steps or 0 for job in jobs if job.result.exists())
    with progress(label, total, start=finished) as task:
        if len(waiting) < len(jobs):
            task.say(f"{len(jobs) - len(waiting)} of {len(jobs)} runs are finished already")
        return _Pool(workers, logs, task).run(waiting)


class _Pool:
    def __init__(self, workers: int, logs: Path, task: Progress) -> None:
        self._workers, self._logs, self._task = workers, logs, task
        self._environment = environment(max(1, cores() // workers))
        self._running: list[_Running] = []
        self._outcomes: list[Outcome] = []

    def run(self, jobs: Iterable[Job]) -> list[Outcome]:
        waiting = list(jobs)
        try:
            while waiting or self._running:
                while waiting and len(self._running) < self._workers:
                    self._start(waiting.pop(0))
                time.sleep(POLL_SECONDS)
                self._look(len(waiting))
        except KeyboardInterrupt:
            self._stop(signal.SIGINT)
            raise
        except Terminated:
            self._stop(signal.SIGTERM)
            raise
        except BaseException:
            self._kill()
            raise
        return self._outcomes

    def _start(self, job: Job) -> None:
        log = self._logs / f"{job.folder.name}.log"
        words = [sys.executable, "-m", "eloss_plugins.cli.comparison.chain", json.dumps(job.words)]
        with log.open("ab") as stream:
            # a session of its own: Ctrl-C reaches the run once, from us
            process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                env=self._environment,
                start_new_session=True,
            )
        self._running.append(_Running(job, process, log, steps=last_step(job.folder)))

    def _look(self, waiting: int) -> None:
        for running in list(self._running):
            code = running.process.poll()
            step = max(running.steps, last_step(running.job.folder))
            if code == 0 and running.job.steps is not None:
                step = running.job.steps
            self._task.advance(step - running.steps, **self._phases(waiting))
            running.steps = step
            if code is not None:
                self._running.remove(running)
                self._finish(running, code)

    def _phases(self, waiting: int) -> dict[str, int]:
        training = sum(r.job.steps is None or r.steps < r.job.steps for r in self._running)
        sampling = len(self._running) - training
        return {"training": training, "sampling": sampling, "waiting": waiting}

    def _finish(self, running: _Running, code: int) -> None:
        self._outcomes.append(Outcome(running.job, code, running.log))
        seconds = time.monotonic() - running.began
        how = f"done in {seconds:.0f} s" if code == 0 else f"failed ({code}), see {running.log}"
        self._task.say(f"{running.job.name}: {how}")

    def _stop(self, number: signal.Signals) -> None:
        self._task.say(f"stopping {len(self._running)} runs; they save first")
        self._send(number)
        try:
            for running in self._running:
                running.process.wait()
        except (KeyboardInterrupt, Terminated):
            self._kill()

    def _kill(self) -> None:
        self._send(signal.SIGKILL)
        for running in self._running:
            running.process.wait()

    def _send(self, number: signal.Signals) -> None:
        for running in self._running:
            with suppress(ProcessLookupError):
                os.killpg(running.process.pid, number)


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


def _step(line: bytes) -> int | None:
    try:
        record: Mapping[str, object] = json.loads(line)
        return int(str(record["step"])) if line.endswith(b"\n") else None
    except (ValueError, KeyError, TypeError):
        return None
