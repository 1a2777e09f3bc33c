"""The experiment from the plan to the results: what is finished already is not run again."""

import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eloss_plugins.cli.runs import plans
from eloss_plugins.cli.shaping import train_worker
from eloss_plugins.errors import Refused
from eloss_plugins.progress import progress
from eloss_plugins.shapes import rates, results
from eloss_plugins.shapes.losses import Contender
from eloss_plugins.shapes.one_thread import one_thread
from eloss_plugins.shapes.plan import Plan, angle_runs, count_runs, sweep_runs
from eloss_plugins.shapes.results import Measured, run_name
from eloss_plugins.shapes.timing import Timed, time_steps
from eloss_plugins.shapes.training import Result, Run
from eloss_plugins.side_by_side import hand_out

PLAN_FILE = "plan.json"
RUNS = "runs"
MADE = ("shapes.html", "shapes.png", "shapes.json")
"""The report, beside the plan and the folder of runs."""


@dataclass(frozen=True)
class Held:
    """An experiment that has been run.

    Attributes:
        plan: what was asked for.
        contenders: the losses with the learning rates that they ran with.
        angles: the runs over theta.
        counts: the runs over N.
        swept: the runs that found the learning rates.
        timed: seconds of a step over N.
        seconds: wall time of this sitting.
        resumed: whether part of the runs were an earlier sitting's.
    """

    plan: Plan
    contenders: tuple[Contender, ...]
    angles: tuple[Measured, ...]
    counts: tuple[Measured, ...]
    swept: tuple[Measured, ...]
    timed: tuple[Timed, ...]
    seconds: float
    resumed: bool

    @property
    def cpu_seconds(self) -> float:
        """Of all trainings, whenever they ran."""
        every = (*self.angles, *self.counts, *self.swept)
        return sum(one.result.cpu_seconds for one in every)


def hold(plan: Plan, out: Path, workers: int, *, overwrite: bool) -> Held:
    """Run what is not finished below `out`.

    Raises:
        Refused: another experiment is in `out`.
        EnvironmentProblem: a process failed.
    """
    began = time.monotonic()
    clear = _clear if overwrite else None
    resumed = plans.prepare(plan, out / PLAN_FILE, "experiment", clear=clear)
    (out / RUNS).mkdir(exist_ok=True)
    swept = _all(sweep_runs(plan), out, workers, "sweep") if plan.sweep else ()
    contenders = rates.with_best_rates(plan.contenders, rates.scores(swept))
    angles, counts = angle_runs(plan, contenders), count_runs(plan, contenders)
    found = _all([*angles, *counts], out, workers, "shapes")
    with one_thread():
        timed = time_steps(plan.timing)
    seconds = time.monotonic() - began
    split = len(angles)
    return Held(plan, contenders, found[:split], found[split:], swept, timed, seconds, resumed)


def _all(runs: Sequence[Run], out: Path, workers: int, label: str) -> tuple[Measured, ...]:
    """All runs with their results, in order; equal runs are run once, long ones first."""
    files = {run_name(run): out / RUNS / f"{run_name(run)}.json" for run in runs}
    different = {run_name(run): run for run in runs}
    ordered = sorted(different.values(), key=expense, reverse=True)
    missing = [run for run in ordered if not files[run_name(run)].exists()]
    tasks = [train_worker.handed(run, files[run_name(run)]) for run in missing]
    with progress(label, len(files), start=len(files) - len(missing)) as shown:
        hand_out(train_worker.__name__, tasks, workers, shown)
    return tuple(Measured(run, _read(files[run_name(run)])) for run in runs)


def expense(run: Run) -> int:
    """Pairs of vertices that a complete graph would see; for the order, nothing more."""
    return int(run.task.vertices**2 * run.training.batch_size * run.training.steps)


def _read(file: Path) -> Result:
    try:
        return results.from_json(json.loads(file.read_text("utf-8")))
    except (ValueError, KeyError, TypeError):
        raise Refused(f"{file} is damaged. Remove it and add --resume to run it again") from None


def _clear(out: Path) -> None:
    """Remove what the experiment of before made, and nothing else."""
    shutil.rmtree(out / RUNS, ignore_errors=True)
    for name in (*MADE, PLAN_FILE):
        (out / name).unlink(missing_ok=True)
