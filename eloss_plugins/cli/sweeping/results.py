"""The trials of a study as rows, best first, whoever has run them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eloss_plugins.cli.sweeping.holding import Held
from eloss_plugins.cli.sweeping.space import Point
from eloss_plugins.cli.sweeping.study import FAILURE, PRESET, RUN

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

COMPLETE, PRUNED, FAILED = "complete", "pruned", "failed"
STATES = {"COMPLETE": COMPLETE, "PRUNED": PRUNED, "FAIL": FAILED}
ORDER = {COMPLETE: 0, PRUNED: 1, FAILED: 2}
FEWEST_FOR_IMPORTANCE = 8


@dataclass(frozen=True)
class Row:
    """One trial.

    Attributes:
        trial: its number, from 0.
        state: complete, pruned, failed, running or waiting.
        value: the objective; None unless complete.
        point: what was tried.
        preset: whether it is the tuned preset itself.
        run: name of its folder below `trials`.
        facts: rates, last validation, steps, seconds of training.
        course: what it was compared by, by step.
        failure: why it has no value.
    """

    trial: int
    state: str
    value: float | None
    point: Point
    preset: bool
    run: str | None
    facts: Mapping[str, Any]
    course: Mapping[int, float] = field(default_factory=dict)
    failure: str | None = None


def rows_of(held: Held) -> list[Row]:
    """All trials, the best first, then those without a value in their order."""
    rows = [_row(slot, trial) for slot, trial in held.study.counted().items()]
    sign = -1.0 if held.objective.higher else 1.0
    return sorted(
        rows,
        key=lambda row: (ORDER.get(row.state, 3), sign * (row.value or 0.0), row.trial),
    )


def importance(held: Held, rows: list[Row]) -> dict[str, float]:
    """Share of each name in what sets good trials apart; empty with too few trials or one name."""
    complete = [row for row in rows if row.state == COMPLETE]
    names = list(held.study.plan.space)
    values = {row.value for row in complete}
    if len(complete) < FEWEST_FOR_IMPORTANCE or len(names) < 2 or len(values) < 2:
        return {}
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances

    evaluator = PedAnovaImportanceEvaluator()
    found = get_param_importances(held.study.optuna, evaluator=evaluator, params=names)
    return {name: float(share) for name, share in found.items()}


def _row(slot: int, trial: "FrozenTrial") -> Row:
    state = STATES.get(trial.state.name, trial.state.name.lower())
    kept = trial.user_attrs
    named = ("seconds", "step", "validation", "molecule_stability", "atom_stability", "validity")
    return Row(
        trial=slot,
        state=state,
        value=trial.value if state == COMPLETE else None,
        point=dict(trial.params),
        preset=bool(kept.get(PRESET)),
        run=kept.get(RUN),
        facts={name: kept[name] for name in named if kept.get(name) is not None},
        course=dict(trial.intermediate_values),
        failure=kept.get(FAILURE) if state == FAILED else None,
    )
