"""A loss as a tree of dataclasses whose fields are options or further parts.

A field is a part when its annotation is one that `Parts` maps to a registry, such as
the protocol `StiffnessLaw`: its option is a registered name, and the fields of what is
registered there are options in turn. Nothing here knows which losses or laws exist.
"""

import dataclasses
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from eloss_plugins.errors import Refused
from eloss_plugins.plugins import values
from eloss_plugins.plugins.loading import one_line
from eloss_plugins.plugins.options import Value, write
from eloss_plugins.plugins.registry import Registration, Registry

Parts = Mapping[object, Registry]


@dataclass(frozen=True)
class Part:
    """One node of the tree.

    Attributes:
        prefix: what its options are called by in full: `""` or `"stiffness."`.
        name: as registered; the type's own name for a default that nobody registered.
        registration: None for such a default.
        factory: the type that `base` has, or that is to be made.
        base: the object whose fields are the defaults, or None to make a new one.
        fields: all that its constructor takes, in order.
        hints: fields that are options, and their types.
        children: fields that are parts; None where there is no part.
    """

    prefix: str
    name: str
    registration: Registration | None
    factory: typing.Any
    base: typing.Any
    fields: tuple[str, ...] = ()
    hints: Mapping[str, object] = field(default_factory=dict)
    children: Mapping[str, "Part | None"] = field(default_factory=dict)

    def walk(self) -> Iterator["Part"]:
        """This part and all below it, parents first."""
        yield self
        for child in self.children.values():
            if child is not None:
                yield from child.walk()

    def title(self) -> str:
        """What messages call it: kind, name, plugin and version."""
        if self.registration is None:
            return f"`{self.name}`"
        return f"{self.registration.kind} `{self.name}` of {self.registration.source}"


def plan(registration: Registration, given: Mapping[str, Value], parts: Parts) -> Part:
    """The tree of what is registered, with those parts that `given` names.

    Raises:
        UsageError: an unknown name of a part.
        Refused: the plugin's object cannot be imported or read.
    """
    return _part(registration, registration.load(), "", _Choice(given, parts))


@dataclass(frozen=True)
class _Choice:
    given: Mapping[str, Value]
    parts: Parts

    def registry(self, hint: object) -> Registry | None:
        bare, _ = values.without_none(hint)
        return next((found for key, found in self.parts.items() if key is bare), None)


def _part(
    registration: Registration | None, loaded: typing.Any, prefix: str, choice: _Choice
) -> Part:
    """The part that `loaded` stands for: a type to make, or an object or function as it is."""
    kind = loaded if isinstance(loaded, type) else type(loaded)
    base = None if isinstance(loaded, type) else loaded
    own_name = getattr(loaded, "__name__", kind.__name__)
    part = Part(prefix, registration.name if registration else own_name, registration, kind, base)
    if not dataclasses.is_dataclass(kind):
        return part
    hints = _hints(part)
    children = {
        name: _child(name, registry, part, choice)
        for name, hint in hints.items()
        if (registry := choice.registry(hint)) is not None
    }
    own = {n: h for n, h in hints.items() if n not in children and values.is_settable(h)}
    return dataclasses.replace(part, fields=tuple(hints), hints=own, children=children)


def _child(name: str, registry: Registry, parent: Part, choice: _Choice) -> Part | None:
    """The part in one field: the one that was named, else the field's default."""
    full = f"{parent.prefix}{name}"
    given = choice.given.get(full)
    if given is None:
        default = _default(name, parent)
        if default is None:
            return None
        registration = registry.name_of(default) or registry.name_of(type(default))
        return _part(registration, default, f"{full}.", choice)
    if write(given).strip().lower() == "none" and _default(name, parent) is None:
        return None
    registration = registry.find(write(given))
    return _part(registration, registration.load(), f"{full}.", choice)


def _default(name: str, parent: Part) -> object:
    if parent.base is not None:
        return getattr(parent.base, name)
    found = parent.factory.__dataclass_fields__[name]
    if found.default_factory is not dataclasses.MISSING:
        return found.default_factory()
    return None if found.default is dataclasses.MISSING else found.default


def _hints(part: Part) -> dict[str, object]:
    """Types of the fields that its constructor takes, in order."""
    try:
        hints = typing.get_type_hints(part.factory)
    except Exception as error:
        raise Refused(f"The fields of {part.title()} cannot be read: {one_line(error)}") from error
    return {f.name: hints[f.name] for f in dataclasses.fields(part.factory) if f.init}
