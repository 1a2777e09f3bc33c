"""Options onto a tree of parts: resolve the names, make the objects, say what was made."""

import dataclasses
import typing
from collections.abc import Mapping

from eloss_plugins.errors import ElossError, Refused, UsageError
from eloss_plugins.plugins import values
from eloss_plugins.plugins.loading import one_line
from eloss_plugins.plugins.names import closest, shorten
from eloss_plugins.plugins.options import Value
from eloss_plugins.plugins.parts import Part


def resolve(part: Part, given: Mapping[str, Value]) -> dict[str, Value]:
    """Full names of options to values of their types; names of parts are left out.

    An option goes by its full name (`stiffness.prefactor`), or by its last word where
    only one part has such an option.

    Raises:
        UsageError: an option that is unknown, ambiguous, given twice or of a wrong type.
    """
    hints = _options(part)
    chosen = {f"{node.prefix}{name}" for node in part.walk() for name in node.children}
    found: dict[str, Value] = {}
    for name, value in given.items():
        if name in chosen:
            continue
        full = _full_name(name, hints, chosen, part)
        if full in found:
            raise UsageError(f"Option `{full}` is given twice, also as `{name}`; give it once.")
        found[full] = values.read(name, value, hints[full])
    return found


def build(part: Part, settings: Mapping[str, Value]) -> typing.Any:
    """The object that the tree describes, with `settings` from `resolve`.

    Raises:
        UsageError: a value out of range, or a required option that is missing.
        Refused: the plugin's own code failed; the message names it.
    """
    own = {name: settings[full] for name in part.hints if (full := part.prefix + name) in settings}
    below = {name: build(child, settings) for name, child in part.children.items() if child}
    fields = {**own, **below}
    _require(part, fields)
    try:
        if part.base is None:
            return part.factory(**fields)
        return dataclasses.replace(part.base, **fields) if fields else part.base
    except ElossError:
        raise
    except ValueError as error:
        raise UsageError(f"In {part.title()}: {error}") from error
    except Exception as error:
        raise Refused(f"{part.title()} cannot be made: {one_line(error)}") from error


def describe(part: Part, built: object) -> dict[str, Value]:
    """Every setting of what was built, by full name, each part's name before its options.

    Parts that another distribution registered also get `.plugin` and `.version`.
    """
    found: dict[str, Value] = {}
    for name in part.fields:
        value, child = getattr(built, name), part.children.get(name)
        full = part.prefix + name
        if child is not None:
            found |= {full: child.name} | _origin(child, part) | describe(child, value)
        elif name in part.hints or name in part.children:
            found[full] = _plain(value)
    return found


def _plain(value: object) -> Value:
    """A value as text, log and checkpoint can hold it; a function by where it is defined."""
    if value is None or isinstance(value, str | float | int | bool):
        return value
    return f"{getattr(value, '__module__', '?')}:{getattr(value, '__qualname__', value)}"


def _origin(child: Part, parent: Part) -> dict[str, Value]:
    if child.registration is None or parent.registration is None:
        return {}
    source = child.registration.source
    if source.dist == parent.registration.source.dist:
        return {}
    return {f"{child.prefix}plugin": source.name, f"{child.prefix}version": source.version}


def _options(part: Part) -> dict[str, object]:
    return {node.prefix + name: hint for node in part.walk() for name, hint in node.hints.items()}


def _full_name(name: str, hints: Mapping[str, object], chosen: set[str], part: Part) -> str:
    if name in hints:
        return name
    ends = [full for full in hints if full.rpartition(".")[2] == name]
    if len(ends) == 1:
        return ends[0]
    if ends:
        raise UsageError(
            f"Option `{name}` is ambiguous; write {' or '.join(f'`{e}`' for e in ends)}."
        )
    raise UsageError(_unknown(name, hints, chosen, part))


def _unknown(name: str, hints: Mapping[str, object], chosen: set[str], part: Part) -> str:
    described = (f"{full} ({values.describe(hint)})" for full, hint in hints.items())
    known = [*sorted(chosen), *described]
    words = {full.rpartition(".")[2]: full for full in (*hints, *chosen)}
    near = closest(name, [*hints, *chosen]) or words.get(closest(name, words) or "")
    hint = f" Did you mean `{near}`?" if near else ""
    listed = ", ".join(known) or "none"
    return f"Unknown option `{shorten(name)}` of {part.title()}; known: {listed}.{hint}"


def _require(part: Part, fields: Mapping[str, object]) -> None:
    if part.base is not None or not dataclasses.is_dataclass(part.factory):
        return
    missing = dataclasses.MISSING
    for f in dataclasses.fields(part.factory):
        needed = f.init and f.default is missing and f.default_factory is missing
        if needed and f.name not in fields:
            raise UsageError(
                f"{part.title()} needs a value for `{part.prefix}{f.name}`; give {f.name}=..."
                if f.name in part.hints or f.name in part.children
                else f"{part.title()} needs `{f.name}`, which only Python code can give."
            )
