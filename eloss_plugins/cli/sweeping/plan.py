"""A whole search: what every trial has in common, what differs, and what is made better."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from eloss_plugins.cli.comparison import learning
from eloss_plugins.cli.comparison.plan import (
    Common,
    Entrant,
    evaluate_words,
    sample_words,
    train_words,
)
from eloss_plugins.cli.sweeping.space import Point, Space, text_of

Kind = Literal["setting", "model", "loss"]
RATE = "learning_rate"


@dataclass(frozen=True)
class SweepPlan:
    """What is searched and how.

    Attributes:
        common: of all trials: trainer, settings of training, molecules at the end.
        given: the settings of training that the user gave, for those who train with the winner.
        loss: registered name.
        options: of the loss, where they are not searched.
        learning_rate: where it is not searched; None for the tuned one.
        space: what differs, by name.
        kinds: what each name belongs to: training, the model, or the loss.
        objective: name of the number that is made better.
        seed: of the runs, and of the search itself.
        pruner: `median`, `hyperband` or `none`.
        curve_samples: molecules at each checkpoint, by which runs are pruned; 0: by validation.
        starts: points tried first, those of the presets.
        storage: where the study is, without its password; None for the sweep's own folder.
        study: its name there.
    """

    common: Common
    given: Mapping[str, Any]
    loss: str
    options: Mapping[str, str]
    learning_rate: float | None
    space: Space
    kinds: Mapping[str, Kind]
    objective: str
    seed: int
    pruner: str
    curve_samples: int
    starts: tuple[Point, ...]
    storage: str | None
    study: str

    def to_json(self) -> dict[str, Any]:
        """Plain values of all that decides a trial; equal plans give equal ones."""
        plain = {key: value for key, value in vars(self).items() if key not in ("space", "given")}
        return plain | {"space": {name: str(domain) for name, domain in self.space.items()}}

    @property
    def steps(self) -> int | None:
        """Of each run; None when epochs decide."""
        found = self.common.settings.get("steps")
        return None if found is None else int(found)

    def curve_points(self) -> tuple[int, ...]:
        """Steps before the last one whose molecules are judged."""
        if not self.curve_samples or self.steps is None:
            return ()
        every = self.common.settings["checkpoint_every"]
        return tuple(range(every, self.steps, every))


@dataclass(frozen=True)
class TrialJob:
    """One trial's run."""

    name: str
    folder: Path
    words: tuple[tuple[str, ...], ...]
    steps: int | None


def settings_at(plan: SweepPlan, point: Point) -> dict[str, Any]:
    """Settings of training at a point, learning rate and loss left out."""
    settings = dict(plan.common.settings)
    return settings | _changed(plan, point, settings)


def given_at(plan: SweepPlan, point: Point) -> dict[str, Any]:
    """What a user would write to train at a point: what was given, and what was found."""
    one = entrant_at(plan, point)
    found = {
        "model": plan.common.model,
        "loss_plugin": plan.loss,
        "loss_options": ",".join(f"{k}={v}" for k, v in one.options.items()) or None,
        "learning_rate": one.learning_rate,
        **plan.given,
        **_changed(plan, point, plan.given),
    }
    return {key: value for key, value in found.items() if value is not None}


def entrant_at(plan: SweepPlan, point: Point) -> Entrant:
    """The loss and its learning rate at a point."""
    options = {n: text_of(v) for n, v in point.items() if plan.kinds[n] == "loss"}
    rate = float(text_of(point[RATE])) if RATE in point else plan.learning_rate
    return Entrant(plan.loss, plan.loss, {**plan.options, **options}, rate)


def trial_job(plan: SweepPlan, point: Point, slot: int, folder: Path, judged: bool) -> TrialJob:
    """The run of a point; what it has done already is left out.

    Args:
        plan: of the search.
        point: what is tried.
        slot: number of the trial, from 0.
        folder: of the run.
        judged: whether molecules are made at the end.
    """
    common = replace(plan.common, settings=settings_at(plan, point))
    one, seed = entrant_at(plan, point), plan.seed
    words: list[tuple[str, ...]] = []
    if judged and result_of(folder).exists():
        return TrialJob(f"trial {slot}", folder, (), plan.steps)
    for step in plan.curve_points():
        if not learning.record(folder, step).exists():
            words += _point_words(plan, common, one, folder, step)
    words.append(train_words(common, one, seed, folder))
    if judged:
        words.append(sample_words(common, seed, folder))
        words.append(evaluate_words(common, folder, result_of(folder)))
    return TrialJob(f"trial {slot}", folder, tuple(words), plan.steps)


def result_of(folder: Path) -> Path:
    """The evaluation of a trial's molecules, written last."""
    return folder / "evaluation.json"


def _point_words(
    plan: SweepPlan, common: Common, one: Entrant, folder: Path, step: int
) -> Sequence[tuple[str, ...]]:
    """Train up to `step`, judge, and stop there for the next words to go on."""
    shorter = replace(common, settings={**common.settings, "steps": step})
    fewer = replace(common, samples=plan.curve_samples)
    made = learning.molecules(folder, step)
    sample = sample_words(fewer, plan.seed, learning.checkpoint(folder, step))
    return (
        train_words(shorter, one, plan.seed, folder),
        (*sample, f"--output={made}"),
        evaluate_words(common, made, learning.record(folder, step)),
    )


def _changed(plan: SweepPlan, point: Point, settings: Mapping[str, Any]) -> dict[str, Any]:
    changed: dict[str, Any] = {
        name: text_of(value)
        for name, value in point.items()
        if plan.kinds[name] == "setting" and name != RATE
    }
    model = {name: text_of(v) for name, v in point.items() if plan.kinds[name] == "model"}
    if model:
        changed["model_options"] = {**(settings.get("model_options") or {}), **model}
    return changed
