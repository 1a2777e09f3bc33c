"""Finding, loading and naming plugins; depends on the hooks alone."""

from eloss_plugins.plugins.discovery import Source, discover
from eloss_plugins.plugins.manager import Plugins, PluginWarning, forget, load
from eloss_plugins.plugins.names import normalise
from eloss_plugins.plugins.registry import Registration, Registry
from eloss_plugins.plugins.selection import Selection

__all__ = [
    "PluginWarning",
    "Plugins",
    "Registration",
    "Registry",
    "Selection",
    "Source",
    "discover",
    "forget",
    "load",
    "normalise",
]
