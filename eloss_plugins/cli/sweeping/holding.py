"""A search from the plan to the end of its trials."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eloss_plugins.cli.runs import plans
from eloss_plugins.cli.runs.pool import Pool
from eloss_plugins.cli.sweeping import objective as objectives
from eloss_plugins.cli.sweeping import storage
from eloss_plugins.cli.sweeping.objective import Objective
from eloss_plugins.cli.sweeping.place import SITTINGS, Place, open_place
from eloss_plugins.cli.sweeping.plan import SweepPlan
from eloss_plugins.cli.sweeping.planning import queue_of
from eloss_plugins.cli.sweeping.search import Search
from eloss_plugins.cli.sweeping.study import Study, open_study
from eloss_plugins.cores import cores
from eloss_plugins.errors import Refused
from eloss_plugins.progress import Progress, progress

if TYPE_CHECKING:
    from optuna.storages import BaseStorage

PLAN_FILE = "plan.json"
FOLDERS = ("trials", "logs", SITTINGS)
RESULTS = ("sweep.json", "sweep.html", "sweep.png", "best.toml")


@dataclass(frozen=True)
class Terms:
    """How a sitting works, whatever the plan.

    Attributes:
        trials: how many the study shall have.
        storage: that several processes share; None for a file in the folder.
        jobs: trials at a time; None for as many as fit.
        deadline: of the monotonic clock.
        overwrite: remove what is there.
    """

    trials: int
    storage: str | None = None
    jobs: int | None = None
    deadline: float = float("inf")
    overwrite: bool = False


@dataclass(frozen=True)
class Held:
    """A search after a sitting.

    Attributes:
        study: with all its trials, those of other processes included.
        objective: what was made better.
        place: the folder.
        seconds: wall time of this sitting.
    """

    study: Study
    objective: Objective
    place: Place
    seconds: float


def hold(plan: SweepPlan, out: Path, terms: Terms) -> Held:
    """Open the study and run what is left of it.

    Raises:
        UsageError: a storage that is none; settings that runs refuse.
        Refused: another sweep is in `out`, or in the study.
        EnvironmentProblem: the storage cannot be reached.
    """
    began = time.monotonic()
    shared = storage.open_storage(terms.storage) if terms.storage else None
    if terms.overwrite:
        _make_room(plan, out, shared)
    study = None if shared is None else _study(plan, shared, terms)  # first: it may refuse
    place = open_place(out)
    continued = plans.prepare(plan.to_json(), out / PLAN_FILE, "sweep", clear=None)
    if study is None:
        study = _study(plan, storage.open_storage(storage.url_in(out)), terms)
    objective = objectives.find(plan.objective)
    steps = None if plan.steps is None else plan.steps * len(study.counted())
    with progress(f"sweep of {study.trials} trials", steps, start=_done(study)) as task:
        _say_where_it_stands(study, task, continued=continued)
        pool = Pool(terms.jobs or _jobs(plan), out / "logs", task)
        Search(study, place, objective, pool, task, terms.deadline, bool(terms.storage)).run()
    return Held(study, objective, place, time.monotonic() - began)


def _study(plan: SweepPlan, opened: "BaseStorage", terms: Terms) -> Study:
    queue, trials = queue_of(plan, terms.trials)
    return open_study(opened, plan, objectives.find(plan.objective), trials, queue)


def _make_room(plan: SweepPlan, out: Path, shared: "BaseStorage | None") -> None:
    if Place(out, "").others():
        raise Refused(f"another eloss sweep works in {out}; wait for it, or choose another --out")
    if (out / PLAN_FILE).exists():
        for name in FOLDERS:
            shutil.rmtree(out / name, ignore_errors=True)
        for file in (*RESULTS, PLAN_FILE, storage.DATABASE, f"{storage.DATABASE}-journal"):
            (out / file).unlink(missing_ok=True)
    if shared is not None:
        _forget(shared, plan.study)


def _forget(opened: "BaseStorage", name: str) -> None:
    import optuna

    known = optuna.get_all_study_names(storage=opened)
    if name in known:
        optuna.delete_study(study_name=name, storage=opened)


def _done(study: Study) -> int:
    finished = [trial for trial in study.counted().values() if trial.state.is_finished()]
    return (study.plan.steps or 0) * len(finished)


def _say_where_it_stands(study: Study, task: Progress, *, continued: bool) -> None:
    again = study.try_again() if continued else 0
    trials = list(study.counted().values())
    finished = sum(trial.state.is_finished() for trial in trials)
    if finished:
        task.say(f"{finished} of {len(trials)} trials are finished already")
    if again:
        task.say(f"{again} trials that failed are tried again")


def _jobs(plan: SweepPlan) -> int:
    """Trials at a time: one a core, but one alone on an accelerator."""
    from eloss_plugins.trainers.processes.devices import resolve_accelerator

    kind = resolve_accelerator(str(plan.common.settings.get("accelerator", "auto")))
    return cores() if kind == "cpu" else 1
