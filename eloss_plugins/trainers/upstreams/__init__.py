"""Checkpoints of upstream codebases, in and out, one module an upstream."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from eloss_plugins.trainers.upstreams.upstream import Upstream

__all__ = ["UPSTREAMS", "upstream_named", "upstream_of", "upstream_that_reads"]

_HERE = "eloss_plugins.trainers.upstreams"
UPSTREAMS: Mapping[str, str] = MappingProxyType(
    {
        "edm": f"{_HERE}.edm_family:EDM",
        "gdm": f"{_HERE}.edm_family:GDM",
        "jodo": f"{_HERE}.jodo:JODO",
    }
)
"""Upstreams by name, imported when they are used."""


def upstream_named(name: str) -> "Upstream":
    """The upstream of that name.

    Raises:
        UsageError: there is none.
    """
    from eloss_plugins.errors import UsageError
    from eloss_plugins.plugins import lazy
    from eloss_plugins.plugins.names import unknown

    if name not in UPSTREAMS:
        raise UsageError(unknown("upstream", name, UPSTREAMS))
    return cast("Upstream", lazy.load(UPSTREAMS[name]))


def upstream_of(trainer: str) -> "Upstream | None":
    """The upstream whose models a reference trainer of this name makes, if there is one."""
    found = (upstream_named(name) for name in UPSTREAMS)
    return next((upstream for upstream in found if trainer in upstream.trainers), None)


def upstream_that_reads(path: Path) -> "Upstream | None":
    """The first upstream that takes `path` for a checkpoint of its own."""
    found = (upstream_named(name) for name in UPSTREAMS)
    return next((upstream for upstream in found if upstream.recognises(path)), None)
