"""What a recipe is: values of settings, and where each of them comes from."""

from collections.abc import Mapping
from dataclasses import dataclass

Value = int | float | str


@dataclass(frozen=True)
class Sourced:
    """A value and its source.

    Attributes:
        value: of a setting.
        source: who published it; "ours" where nobody has.
    """

    value: Value
    source: str


@dataclass(frozen=True)
class Recipe:
    """A training by name.

    Learning rate and weight are not in it: they belong to a loss and a law, and `core.presets` has
    them as `tuned`.

    Attributes:
        name: as the user writes it.
        summary: one line.
        trainers: settings by trainer, then by key, `batch_size`.
    """

    name: str
    summary: str
    trainers: Mapping[str, Mapping[str, Sourced]]


def all_from(source: str, **values: Value) -> dict[str, Sourced]:
    """Several settings of one source."""
    return {key: Sourced(value, source) for key, value in values.items()}
