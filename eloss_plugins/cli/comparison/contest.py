"""The comparison from the plan to the report."""

import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eloss_plugins.cli.comparison import sweep
from eloss_plugins.cli.comparison.jobs import Outcome, run_all
from eloss_plugins.cli.comparison.plan import Entrant, Job, Plan, job
from eloss_plugins.cli.output import to_json
from eloss_plugins.errors import EnvironmentProblem, Refused, UsageError

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
    from eloss_plugins.atomic_write import atomic_write_text

    file = out / PLAN_FILE
    if overwrite and file.exists():
        _clear(out)
    if file.exists():
        _refuse_other(plan, file)
        return True
    out.mkdir(parents=True, exist_ok=True)
    atomic_write_text(file, to_json(plan.to_json()) + "\n")
    return False


def _clear(out: Path) -> None:
    for name in ("runs", "sweep", "logs"):
        shutil.rmtree(out / name, ignore_errors=True)
    for name in (PLAN_FILE, "report.html", "report.png", "report.json"):
        (out / name).unlink(missing_ok=True)


def _refuse_other(plan: Plan, file: Path) -> None:
    wanted = json.loads(to_json(plan.to_json()))
    try:
        found = json.loads(file.read_text("utf-8"))
    except ValueError:
        raise Refused(f"{file} is damaged. Add --overwrite to start anew") from None
    differing = _differences(found, wanted)
    if differing:
        raise Refused(
            f"{file.parent} holds another comparison; it differs in {', '.join(differing)}. "
            "Repeat its settings, choose another --out, or add --overwrite"
        )


def _differences(found: Any, wanted: Any, place: str = "") -> list[str]:
    """Where two JSON values differ, in words."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        keys = sorted(set(found) | set(wanted))
        parts = (_differences(found.get(k), wanted.get(k), f"{place}.{k}".strip(".")) for k in keys)
        return [difference for part in parts for difference in part]
    return [] if found == wanted else [place]


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
    log = contest.outcomes[0].log if contest.outcomes else "the logs"
    message = f"all {len(contest.jobs)} runs failed ({_last_line(log)}); see {log}"
    raise (UsageError if codes == {UsageError.exit_code} else EnvironmentProblem)(message)


def _last_line(log: Path | str) -> str:
    try:
        lines = Path(log).read_text("utf-8", "replace").strip().splitlines()
    except OSError:
        return "no log"
    told = [line for line in lines if line.startswith("eloss: ")]
    return (told or lines or ["no output"])[-1].removeprefix("eloss: ")
