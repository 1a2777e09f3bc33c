"""An experiment from end to end: ground states, runs in parallel, what came of them."""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.cores import cores
from eloss_plugins.errors import EnvironmentProblem
from eloss_plugins.progress import progress
from eloss_plugins.side_by_side import Task, hand_out
from eloss_plugins.spins import train_worker
from eloss_plugins.spins.metrics import Judged, judged, random_spins, spins_of
from eloss_plugins.spins.plan import Entry, Plan
from eloss_plugins.spins.problem_set import ProblemSet
from eloss_plugins.spins.run_files import read_logits, write_problems
from eloss_plugins.spins.solving import solved
from eloss_plugins.spins.training import curve_of

Curve = list[dict[str, float]]


@dataclass(frozen=True, eq=False)
class Finished:
    """The runs of one loss.

    Attributes:
        entry: the loss.
        spins: `(systems, sites)` predicted with each seed.
        runs: the same compared with ground states.
        curves: loss and gap after each epoch, with each seed.
    """

    entry: Entry
    spins: tuple[NDArray[np.int8], ...]
    runs: tuple[Judged, ...]
    curves: tuple[Curve, ...]


@dataclass(frozen=True, eq=False)
class Experiment:
    """What came of a plan.

    Attributes:
        plan: that was followed.
        test: the spin glasses to judge on.
        losses: each loss with its runs, in the order of the plan.
        chance: fair coins in place of a prediction.
        seconds: of this sitting.
    """

    plan: Plan
    test: ProblemSet
    losses: tuple[Finished, ...]
    chance: Judged
    seconds: float


def hold(plan: Plan, out: Path, processes: int | None = None) -> Experiment:
    """Do what is not done yet of the plan, whose folder `out` is.

    Raises:
        UsageError: the method cannot find these ground states.
        EnvironmentProblem: a process failed.
    """
    began, workers = time.monotonic(), processes or cores()
    sources = zip(plan.sources(), ("train", "test"), strict=True)
    data, test = (
        solved(source, method=plan.method, processes=workers, label=f"ground states, {name}")
        for source, name in sources
    )
    out.mkdir(parents=True, exist_ok=True)
    for problems, name in ((data, "train"), (test, "test")):
        write_problems(_data(out, name), problems)
    _train(plan, out, workers)
    losses = tuple(_finished(plan, entry, test, out) for entry in plan.entries)
    chance = judged(test, random_spins(test, plan.data_seed))
    return Experiment(plan, test, losses, chance, time.monotonic() - began)


def folder_of(out: Path, entry: Entry, seed: int) -> Path:
    """Of one run."""
    return out / "runs" / f"{entry.slug}-{seed}"


def _train(plan: Plan, out: Path, workers: int) -> None:
    tasks = list(_tasks(plan, out))
    steps = plan.common.steps(plan.instances)
    missing = [task for task in tasks if read_logits(Path(task["folder"])) is None]
    if not missing:
        return
    start = (len(tasks) - len(missing)) * steps
    with progress("training, batches", len(tasks) * steps, start=start) as shown:
        hand_out(train_worker.__name__, missing, workers, shown)


def _tasks(plan: Plan, out: Path) -> Iterator[Task]:
    """The runs, all losses with the first seed before the second."""
    for seed in plan.seeds:
        for entry in plan.entries:
            folder = folder_of(out, entry, seed)
            folder.mkdir(parents=True, exist_ok=True)
            yield {
                "folder": str(folder),
                "data": str(_data(out, "train")),
                "test": str(_data(out, "test")),
                "training": asdict(plan.training(entry, seed)),
            }


def _finished(plan: Plan, entry: Entry, test: ProblemSet, out: Path) -> Finished:
    folders = [folder_of(out, entry, seed) for seed in plan.seeds]
    spins = tuple(_spins(folder) for folder in folders)
    runs = tuple(judged(test, found) for found in spins)
    return Finished(entry, spins, runs, tuple(curve_of(folder) for folder in folders))


def _spins(folder: Path) -> NDArray[np.int8]:
    logits = read_logits(folder)
    if logits is None:
        raise EnvironmentProblem(f"what the run in {folder} left cannot be read back")
    return spins_of(logits)


def _data(out: Path, name: str) -> Path:
    return out / f"{name}.arrays"
