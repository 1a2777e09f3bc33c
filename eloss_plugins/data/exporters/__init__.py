"""Writing data for the trainers of other repositories, one module a format."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from eloss_plugins.data.exporters.exporter import Exporter

__all__ = ["EXPORTERS", "exporter_of"]

_HERE = "eloss_plugins.data.exporters"
EXPORTERS: Mapping[str, str] = MappingProxyType(
    {
        "edm": f"{_HERE}.edm:EXPORTER",
        "edm-geom": f"{_HERE}.edm_geom:EXPORTER",
        "jodo": f"{_HERE}.jodo:EXPORTER",
        "semlaflow": f"{_HERE}.semlaflow:EXPORTER",
        "tabasco": f"{_HERE}.tabasco:EXPORTER",
    }
)
"""Exporters by the name of the format, imported when they are used."""


def exporter_of(name: str) -> "Exporter":
    """The exporter of a format.

    Raises:
        UsageError: no format has that name.
    """
    from eloss_plugins.errors import UsageError
    from eloss_plugins.plugins import lazy
    from eloss_plugins.plugins.names import unknown

    if name not in EXPORTERS:
        raise UsageError(unknown("format", name, EXPORTERS))
    return cast("Exporter", lazy.load(EXPORTERS[name]))
