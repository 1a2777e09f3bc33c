"""A model's sizes as plain settings, and back."""

import dataclasses
from typing import Any

from eloss_plugins.trainers.config import Setting


def as_settings(config: Any) -> dict[str, Setting]:
    """Every field of a trainer's sizes as a setting from which `model_config` makes them again."""
    return {name: _plain(value) for name, value in dataclasses.asdict(config).items()}


def _plain(value: Any) -> Setting:
    if isinstance(value, (tuple, list)):
        return " ".join(repr(item) for item in value)
    assert isinstance(value, (bool, int, float, str))
    return value
