"""Tasks handed out to programs of their own, one after the other to whichever has time.

A program reads a task as a line of JSON, and writes lines of JSON: units that are done, with what
is to be shown beside them, an empty object when it has finished, or the error that was raised. It
ends when no more lines come, as they do when the process that started it is gone. It is no child
made from the running process, which would inherit threads and devices, or run the user's script a
second time.
"""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import IO, Any

from eloss_plugins.errors import (
    ElossError,
    EnvironmentProblem,
    NeedsRecovery,
    PluginError,
    Refused,
    UsageError,
)
from eloss_plugins.progress import Field, Progress

Task = dict[str, Any]
Report = Callable[..., None]
"""Called with units that are done, and fields to show."""

AWAKE_SECONDS = 0.2
"""After which the one who waits looks whether there was an interrupt."""

KINDS = {
    kind.__name__: kind
    for kind in (ElossError, UsageError, Refused, PluginError, NeedsRecovery, EnvironmentProblem)
}
"""Errors that come through as what they are."""


def hand_out(module: str, tasks: Iterable[Task], processes: int, shown: Progress) -> None:
    """Let up to `processes` programs `module` do all tasks, and show how far they are.

    Raises:
        ElossError: what a program raised.
        EnvironmentProblem: one ended otherwise; what it said last is in the message.
    """
    waiting: queue.SimpleQueue[Task] = queue.SimpleQueue()
    for task in tasks:
        waiting.put(task)
    count = min(processes, waiting.qsize())
    if not count:
        return
    desk = _Desk(waiting, shown)
    with ThreadPoolExecutor(count) as threads:
        try:
            _wait_for([threads.submit(desk.serve, module) for _ in range(count)])
        finally:
            desk.close()


def _wait_for(running: Iterable[Future[None]]) -> None:
    """Until all have ended, or one with an error, which is raised."""
    pending = set(running)
    while pending:
        # not for ever: a signal that comes just before the wait does not end it
        done, pending = wait(pending, AWAKE_SECONDS, FIRST_COMPLETED)
        for each in done:
            each.result()


def work(handle: Callable[[Task, Report], None]) -> None:
    """The other side: do the tasks that come in, until none come."""
    for line in sys.stdin:
        try:
            handle(json.loads(line), _report)
        except ElossError as problem:
            kind = next(each for each in type(problem).__mro__ if each.__name__ in KINDS)
            print(json.dumps({"error": kind.__name__, "says": str(problem)}), flush=True)
            return
        print("{}", flush=True)


def _report(units: int, **fields: Field) -> None:
    print(json.dumps({"units": units, "fields": fields}), flush=True)


class _Desk:
    """Tasks on one side, programs on the other."""

    def __init__(self, waiting: "queue.SimpleQueue[Task]", shown: Progress) -> None:
        self._waiting, self._shown = waiting, shown
        self._lock, self._closed = threading.Lock(), False
        self._begun: list[subprocess.Popen[str]] = []

    def serve(self, module: str) -> None:
        """One program, from its start to the last task that it does."""
        with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
            process = self._begin(module, said)
            if process is None:
                return
            try:
                while not self._closed:
                    self._one_task(process, self._waiting.get_nowait())
            except queue.Empty:
                pass
            except ElossError:
                raise
            except (OSError, ValueError):
                self._blame(process, said)
            finally:
                process.kill()
                process.communicate()

    def close(self) -> None:
        """End all programs, whatever they do."""
        with self._lock:
            self._closed = True
            for process in self._begun:
                with suppress(OSError):
                    process.kill()

    def _begin(self, module: str, said: IO[str]) -> "subprocess.Popen[str] | None":
        with self._lock:
            if self._closed:
                return None
            process = subprocess.Popen(
                [sys.executable, "-m", module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                env=os.environ | {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
                start_new_session=True,  # Ctrl-C reaches this process alone, which ends them
            )
            self._begun.append(process)
            return process

    def _one_task(self, process: "subprocess.Popen[str]", task: Task) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(task) + "\n")
        process.stdin.flush()
        for line in process.stdout:
            told = json.loads(line)
            if not told:
                return
            if "error" in told:
                raise KINDS[told["error"]](told["says"])
            with self._lock:
                self._shown.advance(told["units"], **told["fields"])
        raise ValueError("it ended before its task")

    def _blame(self, process: "subprocess.Popen[str]", said: IO[str]) -> None:
        if self._closed:
            return
        code = process.wait()
        said.seek(0)
        last = said.read().strip().splitlines()[-1:] or [f"exit code {code}"]
        raise EnvironmentProblem(f"a process failed: {last[0]}")
