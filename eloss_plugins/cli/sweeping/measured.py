"""What a trial's run has come to so far, read from its folder."""

import json
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eloss_plugins.cli.comparison import learning
from eloss_plugins.cli.sweeping.objective import Objective, of_journal, of_molecules
from eloss_plugins.cli.sweeping.plan import SweepPlan, result_of
from eloss_plugins.errors import UsageError

if TYPE_CHECKING:
    from eloss_plugins.metrics.evaluation import Evaluation

STOP = signal.SIGTERM
SHOWN = ("molecule_stability", "atom_stability", "validity")
"""Rates that the table shows beside the objective."""


def course(plan: SweepPlan, objective: Objective, folder: Path) -> dict[int, float]:
    """The numbers by which a run is compared with others at the same step, better as the objective.

    Validations are errors: where the objective is better when it is higher, they change their sign.
    """
    if plan.pruner == "none":
        return {}
    if plan.curve_samples:
        judged = learning.evaluations(folder, plan.curve_points())
        found = {step: of_molecules(objective, evaluation) for step, evaluation in judged.items()}
        return {step: value for step, value in found.items() if value is not None}
    sign = -1.0 if objective.higher else 1.0
    return {step: sign * value for step, value in of_journal(folder).items()}


def result(objective: Objective, folder: Path) -> float | None:
    """The objective of a run that has ended; None where it is not defined."""
    if objective.is_measure:
        found = of_journal(folder, [objective.name])
        return found[max(found)] if found else None
    evaluation = _evaluation(folder)
    return None if evaluation is None else of_molecules(objective, evaluation)


def facts(folder: Path) -> dict[str, Any]:
    """What is worth keeping of a run beside the objective: rates, last validation, seconds."""
    from eloss_plugins.trainers.journal import read

    lines = read(folder / "metrics.jsonl")
    seconds = [line["seconds"] for line in lines if isinstance(line.get("seconds"), int | float)]
    validations, evaluation = of_journal(folder), _evaluation(folder)
    rates = evaluation.rates if evaluation is not None else {}
    return {
        "seconds": max(seconds, default=None),
        "step": max((int(line["step"]) for line in lines if "step" in line), default=0),
        "validation": validations[max(validations)] if validations else None,
        **{name: rates[name].to_json() for name in SHOWN if name in rates},
    }


def _evaluation(folder: Path) -> "Evaluation | None":
    from eloss_plugins.metrics.evaluation import Evaluation

    try:
        return Evaluation.from_json(json.loads(result_of(folder).read_text("utf-8")))
    except (OSError, ValueError, UsageError):
        return None
