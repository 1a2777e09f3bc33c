"""All runs of a comparison, one progress display for them, resumed where they are."""

import time
from collections.abc import Sequence
from pathlib import Path

from eloss_plugins.cli.comparison.plan import Job
from eloss_plugins.cli.runs.pool import POLL_SECONDS, Outcome, Pool
from eloss_plugins.progress import Progress, progress


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
    total = None if any(job.steps is None for job in jobs) else sum(job.steps or 0 for job in jobs)
    finished = sum(job.steps or 0 for job in jobs if job.result.exists())
    with progress(label, total, start=finished) as task:
        if len(waiting) < len(jobs):
            task.say(f"{len(jobs) - len(waiting)} of {len(jobs)} runs are finished already")
        pool = Pool(workers, logs, task)
        with pool.ending_together():
            return _run(pool, waiting, task)


def _run(pool: Pool, waiting: list[Job], task: Progress) -> list[Outcome]:
    outcomes: list[Outcome] = []
    began: dict[str, float] = {}
    while waiting or pool.running:
        while waiting and pool.has_room:
            started = pool.start(waiting.pop(0))
            began[started.job.name] = started.began
        time.sleep(POLL_SECONDS)
        for outcome in pool.poll(waiting=len(waiting)):
            outcomes.append(outcome)
            task.say(_told(outcome, time.monotonic() - began[outcome.job.name]))
    return outcomes


def _told(outcome: Outcome, seconds: float) -> str:
    if outcome.code == 0:
        return f"{outcome.job.name}: done in {seconds:.0f} s"
    return f"{outcome.job.name}: failed ({outcome.code}), see {outcome.log}"
