"""The comparison from the plan to the report."""

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eloss_plugins.cli.comparison import sweep
from eloss_plugins.cli.comparison.jobs import run_all
from eloss_plugins.cli.comparison.plan import Entrant, Job, Plan, job
from eloss_plugins.cli.runs import plans
from eloss_plugins.cli.runs.pool import Outcome, last_words
from eloss_plugins.errors import EnvironmentProblem, UsageError

PLAN_FILE = "comparison.json"
Resolved = Mapping[str, Mapping[str, Any]]  # by label


@dataclass(frozen=True)
class Contest:
    """A comparison that has been run.

    Attributes:
        plan: what was asked for.
        entrants: the losses with the rates and weights that they ran with.
        jobs: all runs.
        outcomes: of the runs that were started this time.
        tried: the points of the sweep.
        resolved: the settings that each loss came to, by label.
        seconds: wall time; None if part of it was an earlier sitting's.
    """

    plan: Plan
    entrants: tuple[Entrant, ...]
    jobs: tuple[Job, ...]
    outcomes: tuple[Outcome, ...]
    tried: tuple[sweep.Trial, ...]
    resolved: Resolved
    seconds: float | None

    @property
    def unfinished(self) -> list[Job]:
        """Runs without a result."""
        return [job for job in self.jobs if not job.result.exists()]


def hold(plan: Plan, out: Path, workers: int, *, overwrite: bool) -> Contest:
    """Run the sweep, if any, and all runs below `out`, leaving out what is finished.

    Raises:
        UsageError: an unknown trainer, loss or option.
        Refused: another comparison is in `out`.
        EnvironmentProblem: every run failed.
    """
    began = time.monotonic()
    resolved = {e.label: settings_of(plan.common.model, e) for e in plan.entrants}
    continued = prepare(plan, out, overwrite=overwrite)
    tried = _sweep(plan, out, workers, resolved)
    winners = sweep.best(tried)
    entrants = tuple(winners.get(e.label, e) for e in plan.entrants)
    jobs = _jobs(plan, entrants, out)
    outcomes = run_all(jobs, workers, out / "logs", f"{len(jobs)} runs")
    seconds = None if continued else time.monotonic() - began
    swept = {e.label: settings_of(plan.common.model, e) for e in entrants}
    contest = Contest(plan, entrants, tuple(jobs), tuple(outcomes), tuple(tried), swept, seconds)
    _refuse_nothing(contest)
    return contest


def settings_of(model: str, entrant: Entrant) -> dict[str, Any]:
    """What a loss's options come to for this trainer; empty for the trainer's own loss."""
    from eloss_plugins import host
    from eloss_plugins.trainers.parts import find_trainer

    bound = host.bind(find_trainer(model).target, entrant.loss, dict(entrant.options))
    return {} if bound is None else dict(bound.describe())


def prepare(plan: Plan, out: Path, *, overwrite: bool) -> bool:
    """Make the folder and note the plan; true if the same plan is there already.

    Raises:
        Refused: another plan is there, or something that is no comparison.
    """
    clear = _clear if overwrite else None
    return plans.prepare(plan.to_json(), out / PLAN_FILE, "comparison", clear=clear)


def _clear(out: Path) -> None:
    for name in ("runs", "sweep", "logs"):
        shutil.rmtree(out / name, ignore_errors=True)
    for name in (PLAN_FILE, "report.html", "report.png", "report.json"):
        (out / name).unlink(missing_ok=True)


def _sweep(plan: Plan, out: Path, workers: int, resolved: Resolved) -> list[sweep.Trial]:
    if plan.grid is None:
        return []
    tried = sweep.trials(plan, plan.grid, out / "sweep", lambda entrant: resolved[entrant.label])
    run_all([t.job for t in tried], workers, out / "logs", f"sweep, {len(tried)} short runs")
    return tried


def _jobs(plan: Plan, entrants: Sequence[Entrant], out: Path) -> list[Job]:
    """Seed by seed, so that an interrupted comparison has compared something."""
    return [
        job(plan.common, entrant, seed, out / "runs" / f"{entrant.slug}-seed{seed}")
        for seed in plan.seeds
        for entrant in entrants
    ]


def _refuse_nothing(contest: Contest) -> None:
    if len(contest.unfinished) < len(contest.jobs):
        return
    codes = {outcome.code for outcome in contest.outcomes}
    log = contest.outcomes[0].log if contest.outcomes else Path("the logs")
    message = f"all {len(contest.jobs)} runs failed ({last_words(log)}); see {log}"
    raise (UsageError if codes == {UsageError.exit_code} else EnvironmentProblem)(message)
