"""Yes and no as people write them: flags, options, files and variables take the same words."""

from collections.abc import Mapping

TRUTHS: Mapping[str, bool] = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}


def truth(text: str) -> bool | None:
    """What `text` says, in any case and with blanks around it; None where it says neither."""
    return TRUTHS.get(text.strip().lower())


def is_switched_on(text: str) -> bool:
    """Whether an environment variable with this value is on: set, and to nothing that says no."""
    return bool(text.strip()) and truth(text) is not False
