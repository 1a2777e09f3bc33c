"""Many short runs in a few processes that live as long as the work."""

import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch

from eloss_plugins.atomic_write import atomic_write_text
from eloss_plugins.cli.output import to_json
from eloss_plugins.errors import EnvironmentProblem
from eloss_plugins.shapes import results
from eloss_plugins.shapes.training import Run, train

PATIENCE_SECONDS = 0.5
"""After which a worker notices that it shall end, or that its parent is gone."""

Work = Sequence[tuple[Run, Path]]
"""Runs and the files for their results."""


def run_all(work: Work, workers: int) -> Iterator[Run]:
    """Run everything, long runs first; each run as it is finished and its file written.

    One worker is this process itself. An exception ends all workers; what is finished stays.

    Raises:
        EnvironmentProblem: a worker was killed.
    """
    ordered = sorted(work, key=lambda one: -expense(one[0]))
    if workers == 1 or len(ordered) == 1:
        with one_thread():
            yield from (_kept(run, file) for run, file in ordered)
    elif ordered:
        yield from _side_by_side(ordered, min(workers, len(ordered)))


def expense(run: Run) -> int:
    """Pairs of vertices that a complete graph would see; for the order, nothing more."""
    return int(run.task.vertices**2 * run.training.batch_size * run.training.steps)


@contextmanager
def one_thread() -> Iterator[None]:
    """Inside, torch computes on one core: equal runs are equal, and the other cores are free."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _side_by_side(ordered: Work, workers: int) -> Iterator[Run]:
    context = get_context("spawn")  # a fork of a process with threads may hang
    stop = context.Event()
    pool = ProcessPoolExecutor(workers, context, _begin, (stop, os.getpid()))
    try:
        waiting = [pool.submit(_kept, run, file) for run, file in ordered]
        for done in as_completed(waiting):
            yield done.result()
    except BrokenProcessPool:
        raise EnvironmentProblem(
            "a worker was killed, perhaps for want of memory; go on with --resume and fewer --jobs"
        ) from None
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)


def _begin(stop: Any, parent: int) -> None:
    """In a worker, first of all: one thread, no part in the terminal's Ctrl-C, a watch."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    torch.set_num_threads(1)
    threading.Thread(target=_watch, args=(stop, parent), daemon=True).start()


def _watch(stop: Any, parent: int) -> None:
    """End this process when the work is over, or when the parent is gone, however it went."""
    while not stop.wait(PATIENCE_SECONDS):
        if os.getppid() != parent:
            break
    os._exit(0)


def _kept(run: Run, file: Path) -> Run:
    atomic_write_text(file, to_json(results.to_json(train(run))) + "\n")
    return run
