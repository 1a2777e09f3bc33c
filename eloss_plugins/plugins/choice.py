"""What the user's options and a preset together choose."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from eloss_plugins.errors import UsageError
from eloss_plugins.plugins.names import normalise, shorten
from eloss_plugins.plugins.options import Value, join, parse, write
from eloss_plugins.plugins.parts import Part, Parts, plan
from eloss_plugins.plugins.registry import Registration
from eloss_plugins.plugins.settings import resolve

PRESET = "preset"

Presets = Callable[[str, Mapping[str, Value]], Mapping[str, Value] | None]
"""Options of the preset of that name beside the user's own; None when it has none to give."""


@dataclass(frozen=True)
class Choice:
    """A loss's tree of parts, values for its options, and the preset that gave some."""

    tree: Part
    values: Mapping[str, Value]
    preset: str | None


def choose(
    registration: Registration,
    given: Mapping[str, Value],
    parts: Parts,
    presets: Presets,
    default: str,
) -> Choice:
    """The tree of `registration` with its options: the user's above the preset's.

    Args:
        registration: the loss.
        given: the user's options, by name; `preset` among them names a preset.
        parts: registries of what a loss is made of.
        presets: looks a preset up.
        default: name of the preset that no options at all mean.

    Raises:
        UsageError: a name or value that does not fit.
    """
    explicit = {name: value for name, value in given.items() if name != PRESET}
    preset, below = _preset(given, explicit, presets, default)
    tree = plan(registration, {**below, **explicit}, parts)
    values = {**resolve(tree, below), **resolve(tree, explicit)}
    return Choice(tree, values, preset)


def _preset(
    given: Mapping[str, Value], explicit: Mapping[str, Value], presets: Presets, default: str
) -> tuple[str | None, Mapping[str, Value]]:
    if PRESET not in given and given:
        return None, {}
    name = normalise(write(given.get(PRESET, default)))
    if name == "none":
        return None, {}
    found = presets(name, explicit)
    if found is None and PRESET in given:
        of = f" with {join(explicit)}" if explicit else ""
        raise UsageError(f"Preset `{shorten(name)}` has no values for this loss{of}.")
    return (name if found is not None else None), parse(found or {})
