"""All installed plugins, loaded once per process."""

import logging
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from eloss_plugins.errors import Refused
from eloss_plugins.hookspecs import BindOptions
from eloss_plugins.plugins.discovery import Source, discover
from eloss_plugins.plugins.effects import contained
from eloss_plugins.plugins.loading import (
    BrokenPlugin,
    Implementation,
    NotLoaded,
    implementations,
    one_line,
)
from eloss_plugins.plugins.probe import probe
from eloss_plugins.plugins.registry import Registration, Registry, registrations
from eloss_plugins.plugins.selection import Selection

KINDS = {
    "register_losses": "loss",
    "register_discrete_losses": "discrete loss",
    "register_stiffness": "stiffness law",
    "register_edges": "edge set",
    "register_trainers": "trainer",
    "register_upstreams": "upstream",
}

_log = logging.getLogger(__name__)
_thread = threading.local()


class PluginWarning(UserWarning):
    """A plugin is broken or does what it should not; one line that names it."""


@dataclass(frozen=True)
class Plugin:
    """One loaded plugin: its hooks and what it registered."""

    source: Source
    hooks: tuple[Implementation, ...]
    registered: tuple[Registration, ...]

    def __str__(self) -> str:
        return f"{self.source}: {', '.join(hook.hook for hook in self.hooks)}"


@dataclass(frozen=True)
class Plugins:
    """What is installed, sorted by distribution and entry point.

    Attributes:
        plugins: those in use.
        not_loaded: those broken or blocked, with the cause.
        losses, discrete_losses, stiffness, edges, trainers, upstreams: what the plugins in use
            registered.
        binders: implementations of `bind_trainer`, in the order in which they are asked.
        observers: implementations of `after_loss`, in the order in which they are told.
    """

    plugins: tuple[Plugin, ...]
    not_loaded: tuple[NotLoaded, ...]
    losses: Registry
    discrete_losses: Registry
    stiffness: Registry
    edges: Registry
    trainers: Registry
    upstreams: Registry
    binders: tuple[Implementation, ...]
    observers: tuple[Implementation, ...]

    def bind_trainer(
        self, target: str, options: BindOptions
    ) -> tuple[Source, Callable[..., Any]] | None:
        """The first answer to `bind_trainer`, and whose it is."""
        for implementation in self.binders:
            bound = implementation(target=target, options=options)
            if bound is not None:
                return implementation.source, bound
        return None

    def describe(self) -> list[dict[str, Any]]:
        """One plain dictionary a plugin, for `eloss plugins`."""
        loaded = [_described(plugin) for plugin in self.plugins]
        others = [
            {**_about(m.source), "status": "broken" if m.broken else "off", "cause": m.cause}
            for m in self.not_loaded
        ]
        return sorted(loaded + others, key=lambda row: str(row["name"]))


def load(selection: Selection | None = None) -> Plugins:
    """The plugins that `selection` lets in; by default, what the environment asks for.

    The first call of a process imports them; later calls give the same object. A broken
    plugin costs one `PluginWarning` and changes nothing for the others.

    Raises:
        Refused: called by a plugin that is being loaded.
    """
    if getattr(_thread, "is_loading", False):
        raise Refused("plugins cannot be asked for while they are being loaded")
    return _load(Selection.from_environment() if selection is None else selection)


@cache
def observers() -> list[Implementation]:
    """Implementations of `after_loss` that still listen, looked up once per process."""
    return list(load().observers)


def forget() -> None:
    """Makes the next `load` look again; for tests and for long-lived notebooks."""
    _load.cache_clear()
    observers.cache_clear()


@cache
def _load(selection: Selection) -> Plugins:
    complaints: list[str] = []
    _thread.is_loading = True
    try:
        outcomes = [_outcome(source, selection, complaints) for source in discover()]
    finally:
        _thread.is_loading = False
    for complaint in complaints:
        warnings.warn(complaint, PluginWarning, stacklevel=3)
    for outcome in outcomes:
        _log.info("%s", outcome)
    loaded = tuple(outcome for outcome in outcomes if isinstance(outcome, Plugin))
    missing = tuple(outcome for outcome in outcomes if isinstance(outcome, NotLoaded))
    return _assemble(loaded, missing)


def _outcome(source: Source, selection: Selection, complaints: list[str]) -> Plugin | NotLoaded:
    refusal = selection.refusal(source)
    if refusal:
        return NotLoaded(source, refusal, broken=False)
    return _load_one(source, selection.timeout, complaints)


def _load_one(source: Source, timeout: float | None, complaints: list[str]) -> Plugin | NotLoaded:
    """Import one plugin and collect what it registers: all of it, or nothing."""
    with contained() as changed:
        try:
            if timeout is not None and not source.is_own:
                probe(source, timeout)
            outcome: Plugin | NotLoaded = _collect(source)
        except BrokenPlugin as error:
            outcome = NotLoaded(source, str(error))
            complaints.append(f"Skipped {source}: {error}")
    if changed:
        complaints.append(f"Loading {source} changed {', '.join(changed)}; that was undone")
    return outcome


def _collect(source: Source) -> Plugin:
    hooks = implementations(source)
    registered: list[Registration] = []
    for hook in hooks:
        if hook.hook in KINDS:
            registered += registrations(KINDS[hook.hook], source, _answer(hook))
    return Plugin(source, hooks, tuple(registered))


def _answer(hook: Implementation) -> object:
    try:
        return hook()
    except (Exception, SystemExit) as error:
        raise BrokenPlugin(f"its {hook.hook} raised {one_line(error)}") from error


def _assemble(loaded: tuple[Plugin, ...], missing: tuple[NotLoaded, ...]) -> Plugins:
    def registry(kind: str) -> Registry:
        entries = (entry for plugin in loaded for entry in plugin.registered)
        return Registry(kind, tuple(e for e in entries if e.kind == kind), missing)

    return Plugins(
        plugins=loaded,
        not_loaded=missing,
        losses=registry("loss"),
        discrete_losses=registry("discrete loss"),
        stiffness=registry("stiffness law"),
        edges=registry("edge set"),
        trainers=registry("trainer"),
        upstreams=registry("upstream"),
        binders=tuple(_ordered(loaded, "bind_trainer")),
        observers=tuple(_ordered(loaded, "after_loss")),
    )


def _ordered(loaded: Iterable[Plugin], hook: str) -> Iterator[Implementation]:
    """Implementations by priority, then distribution, then entry point."""
    found = [impl for plugin in loaded for impl in plugin.hooks if impl.hook == hook]
    yield from sorted(found, key=lambda impl: (impl.priority, impl.source))


def _about(source: Source) -> dict[str, Any]:
    return {
        "name": source.name,
        "dist": source.dist,
        "entry": source.entry,
        "version": source.version,
        "module": source.value,
    }


def _described(plugin: Plugin) -> dict[str, Any]:
    provides: dict[str, list[str]] = {}
    for entry in plugin.registered:
        provides.setdefault(entry.kind, []).append(entry.name)
    hooks = sorted({hook.hook for hook in plugin.hooks})
    return {**_about(plugin.source), "status": "ok", "provides": provides, "hooks": hooks}
