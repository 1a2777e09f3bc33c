"""An experiment in its folder, whose plan is noted there and compared when it is resumed."""

import shutil
from contextlib import suppress
from pathlib import Path

from eloss_plugins.cli.interrupts import raise_if_asked
from eloss_plugins.cli.runs import plans
from eloss_plugins.spins import experiment
from eloss_plugins.spins.experiment import Experiment
from eloss_plugins.spins.plan import Plan

PLAN_FILE = "plan.json"
MADE = ("train.arrays", "test.arrays", "spins.html", "spins.png", "spins.json", PLAN_FILE)
"""Files of an experiment, beside the folder of its runs."""


def hold(plan: Plan, out: Path, jobs: int | None, *, overwrite: bool) -> Experiment:
    """Do what is not done yet.

    Raises:
        Refused: the folder holds another experiment.
    """
    clear = _clear if overwrite else None
    plans.prepare(plan.to_json(), out / PLAN_FILE, "experiment", clear=clear)
    raise_if_asked()
    return experiment.hold(plan, out, jobs)


def _clear(out: Path) -> None:
    """Remove what an experiment made, and nothing else."""
    shutil.rmtree(out / "runs", ignore_errors=True)
    for name in MADE:
        with suppress(FileNotFoundError):
            (out / name).unlink()
