"""`--recipe`: published settings below everything that the user says himself."""

from collections.abc import Mapping
from typing import Any

from eloss_plugins.cli.parser import unknown
from eloss_plugins.cli.settings import Origin
from eloss_plugins.cli.train_settings import RECIPE
from eloss_plugins.errors import UsageError

PACE = {"steps", "epochs"}
LOSS, OPTIONS, PRESET, TUNED = "loss_plugin", "loss_options", "preset", "tuned"


def with_recipe(found: Mapping[str, Origin]) -> dict[str, Origin]:
    """The settings that were given, with those of the recipe that was named put below them.

    A length or a model preset that is given replaces the recipe's whole. Options of a loss without
    a preset go on top of the tuned ones, where there are some.

    Raises:
        UsageError: an unknown recipe, or one that has nothing for the trainer.
    """
    if RECIPE.key not in found:
        return dict(found)
    model, name = str(found["model"].value), str(found[RECIPE.key].value)
    settings = _settings(name, model)
    given = set(found)
    left_out = PACE if PACE & given else set()
    below = {key: value for key, value in settings.items() if key not in left_out | given}
    return {**below, **found, **_loss_options(found, name, model)}


def _settings(name: str, model: str) -> dict[str, Origin]:
    from eloss_plugins.recipes import RECIPES

    if name not in RECIPES:
        raise UsageError(unknown("recipe", name, RECIPES))
    known = RECIPES[name].trainers
    if model not in known:
        raise UsageError(f"recipe {name} has nothing for {model}; it has {', '.join(known)}")
    return {
        key: Origin(one.value, f"recipe {name}: {one.source}") for key, one in known[model].items()
    }


def _loss_options(found: Mapping[str, Origin], name: str, model: str) -> dict[str, Origin]:
    """`preset=tuned` where the loss and its law have tuned values and no preset is named."""
    from eloss_plugins.plugins.options import parse

    if LOSS not in found:
        return {}
    given = found.get(OPTIONS)
    options = parse(given.value) if given is not None else {}
    source = _tuned_source(model, str(found[LOSS].value), options)
    if source is None or PRESET in options:
        return {}
    own = f",{given.value}" if given is not None and given.value else ""
    said = f"{given.source}, on top of " if own and given is not None else ""
    origin = f"{said}recipe {name}: {source}"
    return {OPTIONS: Origin(f"{PRESET}={TUNED}{own}", origin)}


def _tuned_source(model: str, loss: str, options: Mapping[str, Any]) -> str | None:
    from eloss_plugins.core.presets import tuned
    from eloss_plugins.trainers.parts import find_trainer

    law = options.get("stiffness")
    known = tuned(find_trainer(model).target, loss, None if law is None else str(law))
    return known.source if known is not None else None
