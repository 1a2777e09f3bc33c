"""Which plugins are installed, read from metadata alone: nothing is imported."""

import importlib.metadata
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

import eloss_plugins
from eloss_plugins.plugins.names import normalise

GROUP = "eloss"
OWN_DIST = "eloss-plugins"

_FOLDER = re.compile(r"(?P<name>.+?)(?:-(?P<version>[^-]+).*)?\.(?:dist|egg)-info$")


@dataclass(frozen=True, order=True)
class Source:
    """One entry point of one installed distribution.

    Attributes:
        dist: normalised name of the distribution.
        entry: name of the entry point.
        value: `"module"` or `"module:attribute"`.
        version: of the distribution, `"unknown"` when its metadata do not say.
        requires: the distribution's requirements, `python` among them, as written.
    """

    dist: str
    entry: str
    value: str
    version: str = "unknown"
    requires: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"plugin `{self.name}` (version {self.version})"

    @property
    def name(self) -> str:
        """`dist:entry`, unique among installed plugins."""
        return f"{self.dist}:{self.entry}"

    @property
    def is_own(self) -> bool:
        """Whether the plugin is part of this package."""
        return self.dist == OWN_DIST


def discover() -> tuple[Source, ...]:
    """Every installed entry point of group `eloss`, sorted by distribution and name.

    A distribution found twice (an editable install beside a wheel) counts once, as the
    one that Python would import. The built-in plugin is there even where this package
    runs without metadata of its own.
    """
    found = {source.name: source for source in _installed()}
    own = Source(OWN_DIST, "builtin", "eloss_plugins.builtin", eloss_plugins.__version__)
    found.setdefault(own.name, own)
    return tuple(sorted(found.values()))


def _installed() -> Iterator[Source]:
    seen: set[str] = set()
    for dist in importlib.metadata.distributions():
        text = _read(dist, "entry_points.txt")
        if GROUP not in text or not any(True for _ in _entries(text)):
            continue
        name = _header(dist).name
        if name and name not in seen:
            seen.add(name)
            yield from _sources(_first_on_path(name) or dist)


def _first_on_path(name: str) -> importlib.metadata.Distribution | None:
    """The distribution that shadows all others of that name."""
    try:
        return importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _sources(dist: importlib.metadata.Distribution) -> Iterator[Source]:
    header = _header(dist)
    for entry, value in _entries(_read(dist, "entry_points.txt")):
        yield Source(header.name, entry, value, header.version, header.requires)


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """`(name, value)` of each line in our section; a line without `=` has an empty value."""
    section = ""
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1].strip()
        elif section == GROUP and line and line[0] not in "#;":
            name, _, value = (part.strip() for part in line.partition("="))
            yield name, value


@dataclass(frozen=True)
class _Header:
    name: str
    version: str
    requires: tuple[str, ...]


def _header(dist: importlib.metadata.Distribution) -> _Header:
    """Name, version and requirements; from the folder's name where METADATA is missing."""
    folder = _FOLDER.match(PurePath(str(getattr(dist, "_path", ""))).name)
    fields = dict(folder.groupdict()) if folder else {}
    lines = _header_lines(_read(dist, "METADATA") or _read(dist, "PKG-INFO"))
    name = _last(lines, "name") or fields.get("name") or ""
    version = _last(lines, "version") or fields.get("version") or "unknown"
    python = [f"python{value}" for key, value in lines if key == "requires-python"]
    requires = [value for key, value in lines if key == "requires-dist"]
    return _Header(normalise(name), version, (*python, *requires))


def _header_lines(text: str) -> list[tuple[str, str]]:
    head = text.partition("\n\n")[0].splitlines()
    pairs = (line.partition(":") for line in head if ":" in line and not line[0].isspace())
    return [(key.strip().lower(), value.strip()) for key, _, value in pairs]


def _last(lines: Iterable[tuple[str, str]], key: str) -> str:
    return next((value for name, value in lines if name == key), "")


def _read(dist: importlib.metadata.Distribution, file: str) -> str:
    """A metadata file's text; empty when it is missing or cannot be read."""
    try:
        return dist.read_text(file) or ""
    except (OSError, UnicodeError):
        return ""
