"""Which of the installed plugins may load: by environment, command line or the caller."""

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from eloss_plugins.errors import UsageError
from eloss_plugins.plugins.discovery import Source, discover
from eloss_plugins.plugins.names import normalise, shorten, unknown
from eloss_plugins.truth import is_switched_on

DISABLE = "ELOSS_PLUGINS_DISABLE"
ALLOW = "ELOSS_PLUGINS_ALLOW"
BLOCK = "ELOSS_PLUGINS_BLOCK"
TIMEOUT = "ELOSS_PLUGIN_TIMEOUT"


@dataclass(frozen=True)
class Selection:
    """What may load.

    A plugin is named by its distribution, its entry point, or `dist:entry`. The
    package's own plugins are not third parties: `disable_all` and `allow` leave them
    alone, `block` does not.

    Attributes:
        disable_all: no third-party plugin loads.
        allow: when given, no other third-party plugin loads.
        block: never loads.
        timeout: seconds; when given, each third-party plugin is first imported in a
            process of its own, and one that hangs or crashes there is not loaded.
    """

    disable_all: bool = False
    allow: frozenset[str] | None = None
    block: frozenset[str] = frozenset()
    timeout: float | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Selection":
        """The selection that the `ELOSS_PLUGINS_*` variables ask for."""
        given = os.environ if environment is None else environment
        return cls(
            disable_all=is_switched_on(given.get(DISABLE, "")),
            allow=names(given[ALLOW]) if given.get(ALLOW, "").strip() else None,
            block=names(given.get(BLOCK, "")),
            timeout=_seconds(given.get(TIMEOUT, "")),
        )

    def refusal(self, source: Source) -> str | None:
        """Why `source` may not load, or None when it may."""
        if self.block & _forms(source):
            return f"it is blocked (--block-plugins or {BLOCK})"
        if source.is_own:
            return None
        if self.disable_all:
            return f"third-party plugins are disabled ({DISABLE})"
        if self.allow is not None and not self.allow & _forms(source):
            return f"it is not among the allowed plugins (--allow-plugins or {ALLOW})"
        return None


def names(text: str) -> frozenset[str]:
    """The plugin names in a list separated by commas or blanks."""
    return frozenset(_normalised(part) for part in text.replace(",", " ").split())


def refuse_unknown(given: Iterable[str]) -> None:
    """Check names that a person has just typed; a variable may name what is not installed here.

    Raises:
        UsageError: no installed plugin goes by one of them.
    """
    sources = discover()
    known = {form for source in sources for form in _forms(source)}
    for name in given:
        if _normalised(name) not in known:
            choices = {name for source in sources for name in (source.dist, source.entry)}
            raise UsageError(unknown("plugin", name, choices))


def _normalised(name: str) -> str:
    return ":".join(normalise(part) for part in name.split(":"))


def _forms(source: Source) -> frozenset[str]:
    return frozenset({source.dist, normalise(source.entry), _normalised(source.name)})


def _seconds(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise UsageError(f"{TIMEOUT} must be a positive number of seconds; got `{shorten(text)}`")
    return seconds
