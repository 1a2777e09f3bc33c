"""From settings to the plan of a search, every name and value looked at before anything runs."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from eloss_plugins.cli.comparison.plan import Common
from eloss_plugins.cli.comparison.sampling import check_sampling
from eloss_plugins.cli.sweeping import objective as objectives
from eloss_plugins.cli.sweeping import space as spaces
from eloss_plugins.cli.sweeping.names import check_loss, recognised
from eloss_plugins.cli.sweeping.plan import RATE, SweepPlan
from eloss_plugins.cli.sweeping.space import Point
from eloss_plugins.cli.sweeping.starts import (
    base_options,
    default_space,
    is_whole,
    starting_points,
)
from eloss_plugins.cli.sweeping.storage import shown
from eloss_plugins.cli.train_settings import SHARED
from eloss_plugins.errors import UsageError

MOLECULES = ("samples", "sample_steps", "sample_batch", "sample_options")
VALIDATIONS, CHECKPOINTS = 8, 4  # of a run, where nothing else is asked for


def plan_of(given: Mapping[str, Any]) -> SweepPlan:
    """What is asked for.

    Raises:
        UsageError: a name, value or combination that cannot be searched.
    """
    from eloss_plugins.plugins.options import parse
    from eloss_plugins.trainers.parts import find_trainer

    spec = find_trainer(given["model"])
    objective = objectives.find(given["objective"])
    shared = {s.key: given[s.key] for s in SHARED if s.key in given}
    options = {name: str(value) for name, value in parse(given["loss_options"]).items()}
    described = check_loss(spec, given["loss_plugin"], options, {})
    space = given.get("search") or _default_space(given, described)
    options = base_options(described, options)
    space, kinds = recognised(space, spec, given["loss_plugin"], options)
    _refuse_twice(space, options, given)
    plan = SweepPlan(
        common=Common(
            given["model"],
            _settings(shared),
            **{key: given[key] for key in MOLECULES},
        ),
        given=shared,
        loss=given["loss_plugin"],
        options=options,
        learning_rate=given.get(RATE),
        space=space,
        kinds=kinds,
        objective=objective.name,
        seed=given["seed"],
        pruner=given["pruner"],
        curve_samples=given["curve_samples"],
        starts=(),
        storage=None if given["storage"] is None else shown(given["storage"]),
        study=given["study"],
    )
    _refuse_blind_pruning(plan, objective)
    check_sampling(plan.common)
    return replace(plan, starts=starting_points(plan, spec))


def queue_of(plan: SweepPlan, trials: int) -> tuple[list[Point], int]:
    """What the first trials try, and how many trials there are.

    A space that is no larger than the number of trials is tried whole, each point once.
    """
    if spaces.size(plan.space) > trials:
        return list(plan.starts), trials
    first = [point for point in plan.starts if is_whole(plan, point)]
    others = [dict(point) for point in spaces.points(plan.space)]
    queue = [*first, *(point for point in others if point not in [dict(one) for one in first])]
    return queue, len(queue)


def _default_space(given: Mapping[str, Any], described: Mapping[str, Any]) -> spaces.Space:
    from eloss_plugins.trainers.parts import find_trainer, own_learning_rate

    spec = find_trainer(given["model"])
    rate = given.get(RATE) or own_learning_rate(spec, given["loss_plugin"], described)
    space = default_space(rate, described)
    return {n: d for n, d in space.items() if n != RATE} if given.get(RATE) else space


def _settings(shared: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of the runs: what is given, and records as a search reads them."""
    from eloss_plugins.trainers.config import DEFAULT_STEPS

    settings = dict(shared)
    if "steps" not in settings and "epochs" not in settings:
        settings["steps"] = DEFAULT_STEPS
    if settings.get("steps"):
        settings.setdefault("valid_every", max(1, settings["steps"] // VALIDATIONS))
        settings.setdefault("checkpoint_every", max(1, settings["steps"] // CHECKPOINTS))
    settings.setdefault("keep_last", 1)
    return settings


def _refuse_twice(
    space: spaces.Space, options: Mapping[str, str], given: Mapping[str, Any]
) -> None:
    fixed = {*options, *(given.get("model_options") or {}), *(given.get("sample_options") or {})}
    fixed |= {key for key, value in given.items() if value is not None}
    twice = [name for name in space if name in fixed and name != "search"]
    if twice:
        raise UsageError(f"{twice[0]} is searched and given as well; keep one")
    if not space:
        raise UsageError("there is nothing to search; add --search NAME=LOW..HIGH")


def _refuse_blind_pruning(plan: SweepPlan, objective: objectives.Objective) -> None:
    if plan.curve_samples and objective.is_measure:
        raise UsageError(f"--curve-samples judges molecules; {objective.name} is not made of them")
    if plan.curve_samples and plan.common.settings.get("rate_course", "constant") != "constant":
        raise UsageError(
            "--curve-samples stops each run at its checkpoints, which a learning rate that falls "
            "towards the end does not allow; leave one of the two out"
        )
    if plan.curve_samples and plan.steps is None:
        raise UsageError("--curve-samples needs --steps, to know which checkpoints there will be")
    needs = objective.is_measure or (plan.pruner != "none" and not plan.curve_samples)
    if needs and plan.common.settings.get("valid_molecules") == 0:
        raise UsageError("--valid-molecules 0 leaves nothing to prune by; add --pruner none")
