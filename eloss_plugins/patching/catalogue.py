"""Patch sets by name: those of this package and those of installed plugins."""

import warnings

from eloss_plugins.errors import Refused
from eloss_plugins.patching.patch_set import PatchSet
from eloss_plugins.plugins import PluginWarning, Registration, load, normalise


def find(name: str) -> PatchSet:
    """The patch set registered as `name`.

    Raises:
        UsageError: no such name; the message lists the known ones.
        Refused: it cannot be imported, or is no patch set.
    """
    return _patch_set(load().upstreams.find(name))


def is_known(name: str) -> bool:
    """Whether `name`, in any case and with dashes or underscores, names one patch set or more."""
    wanted = normalise(name.rpartition(":")[2])
    return any(entry.name == wanted for entry in load().upstreams.entries)


def installed() -> tuple[PatchSet, ...]:
    """Every patch set, by name; one that cannot be had costs a warning."""
    found: list[PatchSet] = []
    for entry in sorted(load().upstreams.entries, key=lambda entry: entry.name):
        try:
            found.append(_patch_set(entry))
        except Refused as problem:
            warnings.warn(str(problem), PluginWarning, stacklevel=2)
    return tuple(found)


def _patch_set(entry: Registration) -> PatchSet:
    found = entry.load()
    if not isinstance(found, PatchSet):
        raise Refused(
            f"upstream `{entry.name}` of {entry.source} is a {type(found).__name__}; "
            "expected a PatchSet"
        )
    return found
