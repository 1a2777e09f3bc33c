"""Names to losses, laws, edge sets, trainers and the like, each with its plugin."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from eloss_plugins.errors import Refused, UsageError
from eloss_plugins.plugins import lazy
from eloss_plugins.plugins.discovery import Source
from eloss_plugins.plugins.loading import BrokenPlugin, NotLoaded, one_line
from eloss_plugins.plugins.names import normalise, shorten, unknown

RESERVED = {"loss": ("none",)}
"""Names that mean something and that nobody can register."""

DATA = ("trainer", "upstream")
"""Kinds that are described, not called."""


@dataclass(frozen=True)
class Registration:
    """One name that one plugin registered.

    Attributes:
        kind: what it is, in words: `"loss"`.
        name: normalised.
        value: the object, or `"module:attribute"` of it.
        source: the plugin.
    """

    kind: str
    name: str
    value: object
    source: Source

    def load(self) -> object:
        """The registered object, imported now if it was given by reference.

        Raises:
            Refused: it cannot be imported; the message names plugin, version and cause.
        """
        if not isinstance(self.value, str):
            return self.value
        try:
            return lazy.load(self.value)
        except (Exception, SystemExit) as error:
            raise Refused(
                f"{self.kind.capitalize()} `{self.name}` of {self.source} cannot be "
                f"imported from `{self.value}`: {one_line(error)}"
            ) from error


@dataclass(frozen=True)
class Registry:
    """Everything of one kind.

    Attributes:
        kind: in words, for messages.
        entries: registrations, in the order of their plugins.
        not_loaded: plugins that could have registered more.
    """

    kind: str
    entries: tuple[Registration, ...] = ()
    not_loaded: tuple[NotLoaded, ...] = field(default=())

    def names(self) -> tuple[str, ...]:
        """Names that `find` takes, sorted; `dist:name` where two plugins share one."""
        return tuple(sorted(self._public(entry) for entry in self.entries))

    def find(self, name: str) -> Registration:
        """The registration of `name`, in any case and with dashes or underscores.

        Raises:
            UsageError: nobody, or more than one plugin, registered that name.
            Refused: the plugin that goes by that name is broken or blocked.
        """
        found = self.matching(name)
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(_clash(self.kind, name, found))
        self._refuse_if_not_loaded(name)
        known = (*self.names(), *RESERVED.get(self.kind, ()))
        raise UsageError(unknown(self.kind, name, known) + self._note())

    def matching(self, name: str) -> tuple[Registration, ...]:
        """Everything that `name` may mean: more than one where several plugins share it."""
        dist, _, bare = name.rpartition(":")
        return tuple(entry for entry in self.entries if _fits(entry, dist, bare))

    def name_of(self, value: object) -> Registration | None:
        """The first registration whose object is `value`."""
        for entry in self.entries:
            try:
                if entry.load() is value:
                    return entry
            except Refused:  # a law that nobody asked for
                continue
        return None

    def _public(self, entry: Registration) -> str:
        shared = sum(other.name == entry.name for other in self.entries) > 1
        return f"{entry.source.dist}:{entry.name}" if shared else entry.name

    def _refuse_if_not_loaded(self, name: str) -> None:
        asked = {normalise(part) for part in name.split(":") if part}
        for missing in self.not_loaded:
            if asked & {missing.source.dist, normalise(missing.source.entry)}:
                raise Refused(
                    f"{self.kind.capitalize()} `{shorten(name)}` is not available: "
                    f"{missing.source} was not loaded: {missing.cause}"
                )

    def _note(self) -> str:
        names = ", ".join(f"{m.source.name} ({m.cause})" for m in self.not_loaded)
        return f" Not loaded: {names}." if names else ""


def registrations(kind: str, source: Source, given: object) -> tuple[Registration, ...]:
    """Check what a `register_*` hook returned.

    Raises:
        BrokenPlugin: with the cause on one line.
    """
    if not isinstance(given, Mapping):
        raise BrokenPlugin(
            f"it registered {shorten(repr(given))}; expected a mapping from name to {kind}"
        )
    found = tuple(_registration(kind, source, name, value) for name, value in given.items())
    doubled = {entry.name for entry in found if sum(e.name == entry.name for e in found) > 1}
    if doubled:
        raise BrokenPlugin(f"it registered the {kind} `{min(doubled)}` twice")
    return found


def _registration(kind: str, source: Source, name: object, value: object) -> Registration:
    if not isinstance(name, str) or not _is_name(name):
        raise BrokenPlugin(f"it registered a {kind} under {shorten(repr(name))}, which is no name")
    if normalise(name) in RESERVED.get(kind, ()):
        raise BrokenPlugin(f"it registered a {kind} `{name}`, which is reserved")
    if isinstance(value, str) and not (lazy.is_reference(value) and ":" in value):
        raise BrokenPlugin(f"its {kind} `{name}` is `{shorten(value)}`, not `module:attribute`")
    if kind not in DATA and not isinstance(value, str) and not callable(value):
        raise BrokenPlugin(
            f"its {kind} `{name}` is a {type(value).__name__}; expected a dataclass or a function"
        )
    return Registration(kind, normalise(name), value, source)


def _is_name(name: str) -> bool:
    form = normalise(name)
    return bool(form) and form.isascii() and form.replace("-", "").isalnum()


def _fits(entry: Registration, dist: str, bare: str) -> bool:
    if entry.name != normalise(bare):
        return False
    wanted = [normalise(part) for part in dist.split(":") if part]
    return wanted in ([], [entry.source.dist], [entry.source.dist, normalise(entry.source.entry)])


def _clash(kind: str, name: str, found: Iterable[Registration]) -> str:
    listed = list(found)
    owners = " and ".join(f"{entry.source}" for entry in listed)
    dists = {entry.source.dist for entry in listed}
    prefixes = [e.source.dist if len(dists) > 1 else e.source.name for e in listed]
    choices = " or ".join(f"`{prefix}:{listed[0].name}`" for prefix in prefixes)
    return f"{kind.capitalize()} `{shorten(name)}` is registered by {owners}; write {choices}."
