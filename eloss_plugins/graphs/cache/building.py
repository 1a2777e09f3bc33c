"""Building the graphs of a data set, in several processes where that is worth their start.

The processes are programs of their own that are handed files: a child made from the running one
would inherit its threads and its devices, or run the user's script a second time.
"""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from eloss_plugins.errors import EnvironmentProblem
from eloss_plugins.graphs.cache import worker
from eloss_plugins.graphs.cache.packed import PackedGraphs, pack
from eloss_plugins.graphs.cache.structures import Structures
from eloss_plugins.graphs.recipe import Recipe
from eloss_plugins.graphs.rigid.graph import RigidGraph
from eloss_plugins.progress import Progress, progress

WORTH_IT = 4096
"""Structures for each process from which on its start of some seconds is gained back."""

LABEL = "graphs"


def build_all(structures: Structures, recipe: Recipe, processes: int | None = None) -> PackedGraphs:
    """The graph of each structure, with a display of how far it is.

    Args:
        structures: the data set.
        recipe: how a graph is made.
        processes: how many build at once; None for the cores that there are, or fewer where
            there is little to do.

    Raises:
        UsageError: a graph cannot be made.
        EnvironmentProblem: a process failed.
    """
    if processes is None:
        processes = max(1, min(_cores(), len(structures) // WORTH_IT))
    with progress(LABEL, len(structures)) as task:
        if processes == 1:
            graphs = _one_by_one(structures, recipe, task)
        else:
            graphs = _side_by_side(structures, recipe, processes, task)
        return PackedGraphs(pack(graphs, structures.positions.shape[1]))


def _one_by_one(structures: Structures, recipe: Recipe, task: Progress) -> Iterator[RigidGraph]:
    for place in range(len(structures)):
        yield recipe(structures[place])
        task.advance()


def _side_by_side(
    structures: Structures, recipe: Recipe, processes: int, task: Progress
) -> Iterator[RigidGraph]:
    ends = [len(structures) * part // processes for part in range(processes + 1)]
    parts = [structures.part(*pair) for pair in zip(ends, ends[1:], strict=False)]
    with (
        tempfile.TemporaryDirectory(prefix="eloss-graphs-") as folder,
        ThreadPoolExecutor(processes) as watchers,
    ):
        lock = threading.Lock()
        begun = [_begun(Path(folder, str(n)), part, recipe) for n, part in enumerate(parts)]
        try:
            done = [watchers.submit(_watch, process, task, lock) for process in begun]
            for each in done:
                each.result()
        finally:
            for process in begun:
                with suppress(OSError):
                    process.kill()
                process.communicate()
        for number in range(processes):
            yield from worker.answer_of(Path(folder, str(number)))


def _begun(folder: Path, part: Structures, recipe: Recipe) -> "subprocess.Popen[str]":
    folder.mkdir()
    worker.ask(folder, part, recipe)
    return subprocess.Popen(
        [sys.executable, "-m", worker.__name__, str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )


def _watch(process: "subprocess.Popen[str]", task: Progress, lock: threading.Lock) -> None:
    """Pass on what a process reports; raise what it ended with."""
    assert process.stdout is not None
    assert process.stderr is not None
    for line in process.stdout:
        with lock:
            task.advance(int(line))
    told = process.stderr.read()  # a worker writes there at its end alone
    if process.wait():
        last = told.strip().splitlines()[-1:] or [f"exit code {process.returncode}"]
        raise EnvironmentProblem(f"a process that builds graphs failed: {last[0]}")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
