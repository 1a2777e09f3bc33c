"""From the names in a configuration to the objects that a run is made of."""

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eloss_plugins.core.presets import Tuned, tuned
from eloss_plugins.data.dataset import DataSet
from eloss_plugins.data.load import load
from eloss_plugins.errors import UsageError
from eloss_plugins.trainers.config import Setting, TrainConfig
from eloss_plugins.trainers.generator import PositionLoss
from eloss_plugins.trainers.spec import TrainerSpec
from eloss_plugins.truth import truth

FALLBACK_LEARNING_RATE = 1e-4  # EDM, main_qm9.py
PRESET = "preset"  # the model setting that names one of the trainer's sets of sizes


@dataclass(frozen=True)
class Parts:
    """What a run is made of.

    Attributes:
        spec: the trainer.
        data: the molecules.
        loss: the bound position loss, or None for the trainer's own.
        settings: the loss's resolved numbers, for the record.
    """

    spec: TrainerSpec
    data: DataSet
    loss: PositionLoss | None = None
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def resolve_parts(config: TrainConfig) -> Parts:
    """Look up trainer and loss, load the data.

    Raises:
        UsageError: an unknown name or option.
        Refused: a plugin that does not load, a trainer and a loss that do not go together.
    """
    spec, loss, settings = resolve_loss(config)
    return Parts(spec, load(config.data), loss, settings)


def resolve_loss(config: TrainConfig) -> tuple[TrainerSpec, PositionLoss | None, dict[str, Any]]:
    """Trainer, bound loss and its settings, without a look at the data.

    Raises:
        UsageError: an unknown name or option.
        Refused: a plugin that does not load, a trainer and a loss that do not go together.
    """
    from eloss_plugins import host

    spec = find_trainer(config.trainer)
    loss = host.bind(spec.target, config.loss, config.loss_options)
    return spec, loss, dict(loss.describe()) if loss is not None else {}


def find_trainer(name: str) -> TrainerSpec:
    """The registered trainer called `name`.

    Raises:
        UsageError: no such trainer.
    """
    from eloss_plugins import plugins

    found = plugins.load().trainers.find(name).load()
    assert isinstance(found, TrainerSpec)
    return found


def model_config(spec: TrainerSpec, settings: Mapping[str, Setting]) -> Any:
    """The trainer's sizes, or those of its preset `preset`, with `settings` put in.

    Raises:
        UsageError: a key that is no size, or a value of another kind.
    """
    base = _preset(spec, settings.get(PRESET))
    known = typing.get_type_hints(type(base))
    changes = {}
    for name, value in settings.items():
        if name == PRESET:
            continue
        if name not in known:
            raise UsageError(
                f"expected model settings among {', '.join(sorted([*known, PRESET]))}; got `{name}`"
            )
        changes[name] = _converted(name, value, known[name])
    return dataclasses.replace(base, **changes)


def sampling_config(
    spec: TrainerSpec, settings: Mapping[str, Setting], sampling: Mapping[str, Setting]
) -> Any:
    """The sizes that `settings` come to, with `sampling` put in for how molecules are made.

    Raises:
        UsageError: a name that has no say in that, or a value of another kind.
    """
    strangers = [name for name in sampling if name not in spec.sampling]
    if strangers:
        known = ", ".join(sorted(spec.sampling))
        raise UsageError(
            f"expected sampling options of {spec.name} among {known}; got `{strangers[0]}`"
            if known
            else f"{spec.name} has no sampling options; got `{strangers[0]}`"
        )
    return model_config(spec, {**settings, **sampling})


def resolve_learning_rate(config: TrainConfig, parts: Parts) -> float:
    """The learning rate asked for, or the one tuned for this trainer, loss and stiffness law."""
    if config.learning_rate is not None:
        return config.learning_rate
    return own_learning_rate(parts.spec, config.loss, parts.settings)


def own_learning_rate(spec: TrainerSpec, loss: str, settings: Mapping[str, Any]) -> float:
    """The learning rate tuned for a trainer and a loss that came to `settings`."""
    # by its registered name: the user may have written `Energy` or `eloss-plugins:energy`
    loss = str(settings.get("loss", loss))
    found = tuned_for(spec, loss, settings)
    if found is not None:
        return found.learning_rate
    own = spec.learning_rates.get("none", FALLBACK_LEARNING_RATE)
    return spec.learning_rates.get(loss, own)


def tuned_for(spec: TrainerSpec, loss: str, settings: Mapping[str, Any]) -> Tuned | None:
    """What the authors found best for a trainer and a loss that came to `settings`, if anything."""
    law = settings.get("stiffness")
    found = tuned(spec.target, str(settings.get("loss", loss)), None if law is None else str(law))
    return found if _is_built_in(settings) else None


def _is_built_in(settings: Mapping[str, Any]) -> bool:
    """Whether the loss is this package's: another's of the same name has no tuned rate."""
    from eloss_plugins.plugins.discovery import OWN_DIST

    return str(settings.get("plugin", OWN_DIST)).partition(":")[0] == OWN_DIST


def _preset(spec: TrainerSpec, name: Setting | None) -> Any:
    if name is None:
        return spec.config
    if name not in spec.presets:
        known = ", ".join(sorted(spec.presets))
        raise UsageError(f"expected a preset of {spec.name} among {known}; got {name!r}")
    return spec.presets[str(name)]


def _converted(name: str, value: Any, hint: Any) -> Any:
    """`value`, which may come as text from a command line, as the type `hint`."""
    try:
        return _CONVERTERS[typing.get_origin(hint) or hint](value, hint)
    except (ValueError, TypeError, OverflowError):
        raise UsageError(f"model setting `{name}` must be {_words(hint)}; got {value!r}") from None


def _to_bool(value: Any, _hint: Any) -> bool:
    said = truth(str(value))
    if said is None:
        raise ValueError(value)
    return said


def _to_int(value: Any, _hint: Any) -> int:
    if isinstance(value, bool) or float(value) != int(float(value)):
        raise ValueError(value)
    return int(float(value))


def _to_float(value: Any, _hint: Any) -> float:
    if isinstance(value, bool):
        raise ValueError(value)
    return float(value)


def _to_choice(value: Any, hint: Any) -> Any:
    """The choice that is written like `value`: text from a command line may mean a number."""
    for choice in typing.get_args(hint):
        if str(choice) == str(value):
            return choice
    raise ValueError(value)


def _to_tuple(value: Any, hint: Any) -> tuple[float, ...]:
    """Numbers from a list, or from a text with spaces, slashes or semicolons between them."""
    if isinstance(value, str):
        value = value.replace("/", " ").replace(";", " ").split()
    if len(value) != len(typing.get_args(hint)):
        raise ValueError(value)
    return tuple(float(item) for item in value)


def _words(hint: Any) -> str:
    if typing.get_origin(hint) is typing.Literal:
        return "one of " + ", ".join(map(str, typing.get_args(hint)))
    if typing.get_origin(hint) is tuple:
        return f"{len(typing.get_args(hint))} numbers"
    return str(getattr(hint, "__name__", hint))


_CONVERTERS: Mapping[Any, Any] = types.MappingProxyType(
    {
        bool: _to_bool,
        int: _to_int,
        float: _to_float,
        str: lambda value, _hint: str(value),
        tuple: _to_tuple,
        typing.Literal: _to_choice,
    }
)
