"""What runs came to, read from their folders."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eloss_plugins.cli.comparison import learning
from eloss_plugins.cli.comparison.plan import Job
from eloss_plugins.errors import UsageError

if TYPE_CHECKING:
    from eloss_plugins.metrics.evaluation import Evaluation
    from eloss_plugins.metrics.rate import Rate
    from eloss_plugins.report.model import SeedRun


@dataclass(frozen=True)
class Score:
    """What a sweep chooses by: stable molecules and stable atoms, counted."""

    molecules: "Rate"
    atoms: "Rate"


def evaluation_of(job: Job) -> "Evaluation | None":
    """What a finished run came to; None if it is not finished."""
    from eloss_plugins.metrics.evaluation import Evaluation

    try:
        return Evaluation.from_json(json.loads(job.result.read_text("utf-8")))
    except (OSError, ValueError, UsageError):
        return None


def score_of(job: Job) -> Score | None:
    """How good the molecules of a run are; None if it has not finished."""
    found = evaluation_of(job)
    if found is None:
        return None
    return Score(found.rates["molecule_stability"], found.rates["atom_stability"])


def seed_run(job: Job) -> "SeedRun | None":
    """A finished run as the report takes it."""
    from eloss_plugins.report.curves import curves_from, learning_curves
    from eloss_plugins.report.model import SeedRun
    from eloss_plugins.trainers.journal import read

    evaluation = evaluation_of(job)
    if evaluation is None:
        return None
    lines = read(job.folder / "metrics.jsonl")
    judged = {**learning.evaluations(job.folder, job.curve_points), _last_step(lines): evaluation}
    curves = {**curves_from(lines), **learning_curves(judged)}
    return SeedRun(job.seed, evaluation, curves, _seconds(lines))


def facts(folder: Path) -> dict[str, Any]:
    """The record that a run keeps of its settings; empty if there is none."""
    try:
        found = json.loads((folder / "config.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _last_step(lines: Sequence[dict[str, Any]]) -> int:
    return max((int(line["step"]) for line in lines if "step" in line), default=0)


def _seconds(lines: Sequence[dict[str, Any]]) -> float | None:
    found = [line["seconds"] for line in lines if isinstance(line.get("seconds"), int | float)]
    return float(max(found)) if found else None
