"""Where a search begins: ranges around the tuned values, and the presets themselves."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from eloss_plugins.cli.sweeping.names import described_value
from eloss_plugins.cli.sweeping.plan import RATE, SweepPlan, entrant_at, settings_at
from eloss_plugins.cli.sweeping.space import Choices, Domain, Point, Span, text_of
from eloss_plugins.truth import truth

if TYPE_CHECKING:
    from eloss_plugins.trainers.spec import TrainerSpec

LAW, WEIGHT, PRESET = "stiffness", "weight", "preset"
AROUND = 10.0  # a range reaches from a tenth of the tuned value to ten times it


def base_options(described: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """The user's options; without any, the preset that no options mean, by its name.

    One option of a trial alone would otherwise mean the loss's bare formula.
    """
    if given or not described.get(PRESET):
        return dict(given)
    return {PRESET: str(described[PRESET])}


def default_space(rate: float, described: Mapping[str, Any]) -> dict[str, Domain]:
    """Learning rate and weight around what they are tuned to."""
    space: dict[str, Domain] = {RATE: _around(rate)}
    weight = described.get(WEIGHT)
    if isinstance(weight, int | float) and weight > 0:
        space[WEIGHT] = _around(float(weight))
    return space


def starting_points(plan: SweepPlan, spec: "TrainerSpec") -> tuple[Point, ...]:
    """The tuned values, once for each law that is searched, as far as they lie in the space.

    A point that lacks a name gets a value of the search's choice for it.
    """
    laws = plan.space.get(LAW)
    named = laws.values if isinstance(laws, Choices) else (None,)
    found = [_point(plan, spec, law) for law in named]
    return tuple(point for place, point in enumerate(found) if point not in found[:place])


def is_whole(plan: SweepPlan, point: Point) -> bool:
    """Whether a start has a value for every name: it is the preset, then, and no mixture."""
    return set(point) == set(plan.space)


def _around(value: float) -> Span:
    low, high = (float(text_of(end)) for end in (value / AROUND, value * AROUND))
    return Span(low, high, log=True)


def _point(plan: SweepPlan, spec: "TrainerSpec", law: str | None) -> Point:
    chosen: dict[str, float | int | str] = {} if law is None else {LAW: law}
    tuned = {**chosen, **_tuned(plan, spec, chosen)}
    return {
        name: fitting
        for name, domain in plan.space.items()
        if (fitting := _fitting(domain, tuned.get(name))) is not None
    }


def _tuned(plan: SweepPlan, spec: "TrainerSpec", chosen: Point) -> dict[str, Any]:
    from eloss_plugins.cli.comparison.contest import settings_of
    from eloss_plugins.trainers.config import TrainConfig
    from eloss_plugins.trainers.parts import model_config, own_learning_rate

    one = entrant_at(replace(plan, learning_rate=None), chosen)
    described = settings_of(plan.common.model, one)
    settings = settings_at(plan, {})
    model = dict(settings.get("model_options") or {})
    sizes = vars(model_config(spec, model | _sizes(settings)))
    defaults = {**vars(TrainConfig(spec.name)), **sizes, **settings}
    defaults[RATE] = plan.learning_rate or own_learning_rate(spec, plan.loss, described)
    return {
        name: described_value(described, name) if kind == "loss" else defaults.get(name)
        for name, kind in plan.kinds.items()
    }


def _sizes(settings: Mapping[str, Any]) -> dict[str, Any]:
    from eloss_plugins.cli.train_settings import MODEL_KEYS

    return {MODEL_KEYS[key]: value for key, value in settings.items() if key in MODEL_KEYS}


def _fitting(domain: Domain, value: Any) -> float | int | str | None:
    """`value` as the domain has it; None where it does not."""
    if isinstance(domain, Choices):
        return next((choice for choice in domain.values if _is_written(choice, value)), None)
    if isinstance(value, bool) or not isinstance(value, int | float) or not domain.holds(value):
        return None
    return int(value) if domain.whole else float(value)


def _is_written(choice: str, value: Any) -> bool:
    if isinstance(value, bool):
        return truth(choice) == value
    return choice.lower() == text_of(value).lower()
