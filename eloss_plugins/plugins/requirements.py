"""Does a plugin fit this process: hook version, Python, torch, and what else it requires."""

import importlib.metadata
import platform
import re

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from eloss_plugins.hookspecs import API_VERSION
from eloss_plugins.plugins.discovery import Source
from eloss_plugins.plugins.names import normalise

_PLAIN = re.compile(r"\d+(\.\d+)*")
_DECISIVE = frozenset({"python", "torch", "eloss-plugins"})


def api_mismatch(plugin: object) -> str | None:
    """Why the plugin's `eloss_api` does not cover our hooks, or None when it does."""
    wanted = str(getattr(plugin, "eloss_api", API_VERSION)).strip()
    try:
        accepted = SpecifierSet(f"=={wanted}.*" if _PLAIN.fullmatch(wanted) else wanted)
    except InvalidSpecifier:
        return f'its eloss_api is `{wanted}`, which is no version range such as "1" or ">=1,<3"'
    if accepted.contains(API_VERSION):
        return None
    return f"it needs hook version {wanted}, and this eloss-plugins has {API_VERSION}"


def decisive_mismatch(source: Source) -> str | None:
    """An unmet requirement without which loading is not tried: Python, torch, ourselves."""
    return next((text for name, text in _unmet(source) if name in _DECISIVE), None)


def any_mismatch(source: Source) -> str | None:
    """The first unmet requirement, to explain an import that failed."""
    return next((text for _, text in _unmet(source)), None)


def _unmet(source: Source) -> list[tuple[str, str]]:
    if source.is_own:
        return []
    parsed = (_requirement(text) for text in source.requires)
    checked = ((normalise(r.name), _problem(r)) for r in parsed if r is not None)
    return [(name, problem) for name, problem in checked if problem]


def _requirement(text: str) -> Requirement | None:
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return None
    applies = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
    return requirement if applies else None


def _problem(requirement: Requirement) -> str | None:
    found = _installed_version(requirement.name)
    wanted = f"it requires {requirement.name}{requirement.specifier}"
    if found is None:
        return f"{wanted}, which is not installed"
    if requirement.specifier.contains(found, prereleases=True):
        return None
    return f"{wanted}, and {found} is installed"


def _installed_version(name: str) -> str | None:
    if name == "python":
        return platform.python_version()
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
