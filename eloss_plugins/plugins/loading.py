"""One entry point to one checked plugin, or to the reason why there is none."""

import inspect
from dataclasses import dataclass
from functools import cache
from typing import Any

import pluggy

from eloss_plugins import hookspecs
from eloss_plugins.errors import Refused
from eloss_plugins.plugins import lazy
from eloss_plugins.plugins.discovery import Source
from eloss_plugins.plugins.names import closest, shorten
from eloss_plugins.plugins.requirements import any_mismatch, api_mismatch, decisive_mismatch


@dataclass(frozen=True)
class Implementation:
    """One plugin's implementation of one hook.

    Attributes:
        source: where it came from.
        hook: name of the hook.
        function: what is called, with the arguments named in `arguments`.
        arguments: those of the hook's arguments that the plugin takes.
        priority: 0 for `tryfirst`, 2 for `trylast`, else 1.
    """

    source: Source
    hook: str
    function: Any
    arguments: tuple[str, ...]
    priority: int

    def __call__(self, **given: object) -> Any:
        """Call the plugin with those of the `given` arguments that it takes."""
        return self.function(*(given[name] for name in self.arguments))


@dataclass(frozen=True)
class NotLoaded:
    """An installed plugin that is not in use, and why; `broken` when that is a fault."""

    source: Source
    cause: str
    broken: bool = True

    def __str__(self) -> str:
        return f"{self.source} was not loaded: {self.cause}"


class BrokenPlugin(Refused):
    """A plugin cannot be used; the message is the cause alone, on one line."""


def implementations(source: Source) -> tuple[Implementation, ...]:
    """Import the plugin and check every hook that it implements.

    Raises:
        BrokenPlugin: with the cause on one line. KeyboardInterrupt passes.
    """
    plugin = _import(source)
    mismatch = api_mismatch(plugin)
    if mismatch:
        raise BrokenPlugin(mismatch)
    if inspect.isclass(plugin):
        raise BrokenPlugin("its entry point names a class; name an instance or a module")
    found = tuple(_checked(source, hook, impl) for hook, impl in _marked(plugin, source))
    if not found:
        raise BrokenPlugin("it implements no hook; mark functions with eloss_plugins.hookimpl")
    return found


def one_line(error: BaseException) -> str:
    """The error's type and message on one line."""
    text = " ".join(str(error).split())
    return shorten(f"{type(error).__name__}: {text}" if text else type(error).__name__, 300)


def _import(source: Source) -> object:
    mismatch = decisive_mismatch(source)
    if mismatch:
        raise BrokenPlugin(mismatch)
    reference = source.value.partition("[")[0].strip()  # extras have no meaning since PEP 660
    if not source.entry or not lazy.is_reference(reference):
        line = shorten(f"{source.entry} = {source.value}")
        raise BrokenPlugin(f"its entry point `{line}` is not `name = module:attribute`")
    try:
        return lazy.load(reference)
    except (Exception, SystemExit) as error:
        raise BrokenPlugin(_import_problem(source, reference, error)) from error


def _import_problem(source: Source, reference: str, error: BaseException) -> str:
    module = reference.partition(":")[0]
    missing = getattr(error, "name", None) if isinstance(error, ModuleNotFoundError) else None
    if missing and (module == missing or module.startswith(f"{missing}.")):
        return f"module `{missing}` is not there; reinstall or uninstall {source.dist}"
    reason = any_mismatch(source)
    return f"{one_line(error)} ({reason})" if reason else one_line(error)


def _marked(plugin: object, source: Source) -> list[tuple[str, pluggy.HookImpl]]:
    """Everything marked as a hook, known or not, in order of name."""
    manager = pluggy.PluginManager("eloss")
    manager.register(plugin, source.name)
    callers = manager.get_hookcallers(plugin) or []
    found = [(caller.name, impl) for caller in callers for impl in caller.get_hookimpls()]
    return sorted(found, key=lambda pair: (pair[0], getattr(pair[1].function, "__name__", "")))


@cache
def _known_hooks() -> dict[str, frozenset[str]]:
    """Hook names and the arguments that each gives."""
    manager = pluggy.PluginManager("eloss")
    manager.add_hookspecs(hookspecs)
    specs = (
        getattr(manager.hook, name).spec for name in vars(hookspecs) if _is_hook(manager, name)
    )
    return {spec.name: frozenset(spec.argnames) for spec in specs}


def _is_hook(manager: pluggy.PluginManager, name: str) -> bool:
    return not name.startswith("_") and hasattr(manager.hook, name)


def _checked(source: Source, hook: str, impl: pluggy.HookImpl) -> Implementation:
    """What `check_pending` and pluggy's verification check, in words of our own."""
    known = _known_hooks()
    if hook not in known:
        near = closest(hook, known)
        hint = f"; did you mean `{near}`?" if near else f"; hooks are {', '.join(known)}"
        raise BrokenPlugin(f"it implements `{hook}`, which is no hook{hint}")
    extra = sorted(set(impl.argnames) - known[hook])
    if extra:
        raise BrokenPlugin(
            f"its {hook} wants `{'`, `'.join(extra)}`, which this eloss-plugins does not give: "
            f"hooks of version {hookspecs.API_VERSION} give ({', '.join(sorted(known[hook]))})"
        )
    if impl.hookwrapper or impl.wrapper:
        raise BrokenPlugin(f"its {hook} is a wrapper, which the hooks of eloss-plugins do not take")
    priority = 0 if impl.tryfirst else 2 if impl.trylast else 1
    return Implementation(source, hook, impl.function, tuple(impl.argnames), priority)
