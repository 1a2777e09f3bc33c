"""What a patched trainer prints once: the loss as it was resolved, and the published rate."""

from eloss_plugins import host
from eloss_plugins.core.presets import tuned
from eloss_plugins.patched.ending import say


def say_settings(bound: host.BoundLoss, own_rate: float | None, flag: str) -> None:
    """Print where the loss comes from, its options, and the learning rate where it differs.

    Args:
        bound: the loss.
        own_rate: the run's learning rate.
        flag: the trainer's flag that sets it.
    """
    found = bound.describe()
    preset = f", preset {found['preset']}" if found["preset"] else ""
    say(f"{found['loss']} ({found['plugin']} {found['version']}) trains {found['target']}{preset}:")
    say(bound.options or "no options")
    best = tuned(str(found["target"]), str(found["loss"]), _text(found.get("stiffness")))
    if best is not None and best.learning_rate != own_rate:
        say(f"published runs had {flag} {best.learning_rate:g}; this one has {own_rate}")


def _text(value: object) -> str | None:
    return None if value is None else str(value)
