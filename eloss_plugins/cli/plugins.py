"""`eloss plugins`: what is installed, and the options of each name."""

import argparse
import dataclasses
import inspect
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from eloss_plugins import __version__
from eloss_plugins.cli import flags, values
from eloss_plugins.cli.output import emit, emit_json, note, table
from eloss_plugins.cli.parser import Parser, unknown
from eloss_plugins.cli.plugin_choice import add_plugin_choice
from eloss_plugins.errors import UsageError

if TYPE_CHECKING:
    from eloss_plugins.plugins import Plugins, Registration

NAME = "plugins"
SUMMARY = "List plugins and names, or the options of one name."
KINDS = {
    "losses": "loss",
    "discrete_losses": "discrete loss",
    "stiffness": "stiffness law",
    "edges": "edge set",
    "trainers": "trainer",
    "upstreams": "upstream",
}
NO_LOSS: dict[str, Any] = {
    "name": "none",
    "kind": "loss",
    "plugin": "eloss-plugins",
    "version": __version__,
    "summary": "The trainer keeps its own loss; no options.",
    "options": {},
}


def configure(parser: Parser) -> None:
    """The flags of `plugins`."""
    parser.add_argument(
        "name",
        nargs="?",
        type=values.word,
        metavar="NAME",
        help="show the options of this loss, law, edge set, trainer or upstream",
    )
    flags.add_json(parser)
    add_plugin_choice(parser)


def run(arguments: argparse.Namespace) -> int:
    """List everything, or describe one name."""
    from eloss_plugins.plugins import load

    plugins = load()
    if arguments.name is None:
        _list(plugins, arguments.json)
    else:
        _describe(plugins, arguments.name, arguments.json)
    return 0


def _list(plugins: "Plugins", as_json: bool) -> None:
    names = {kind: list(getattr(plugins, kind).names()) for kind in KINDS}
    names["losses"] = sorted([*names["losses"], NO_LOSS["name"]])
    rows = plugins.describe()
    if as_json:
        emit_json({"plugins": rows, **names})
        return
    emit(table(["plugin", "version", "state"], [_row(row) for row in rows], words=True))
    emit("")
    for kind, known in names.items():
        emit(f"{kind.replace('_', ' ')}: {' '.join(known) or '(none)'}")
    note("The options of a name: eloss plugins NAME")


def _row(row: dict[str, Any]) -> list[str]:
    cause = f": {row['cause']}" if row.get("cause") else ""
    return [row["name"], row["version"], f"{row['status']}{cause}"]


def _describe(plugins: "Plugins", name: str, as_json: bool) -> None:
    described = [_entry(entry) for entry in _named(plugins, name)]
    if name.lower() == NO_LOSS["name"]:
        described.append(NO_LOSS)
    if not described:
        known = [known for kind in KINDS for known in getattr(plugins, kind).names()]
        raise UsageError(unknown("name", name, [*known, NO_LOSS["name"]]))
    if as_json:
        emit_json(described)
        return
    emit("\n\n".join(_as_text(entry) for entry in described))


def _named(plugins: "Plugins", name: str) -> "Iterable[Registration]":
    for kind in KINDS:
        yield from getattr(plugins, kind).matching(name)


def _entry(entry: "Registration") -> dict[str, Any]:
    loaded = entry.load()
    return {
        "name": entry.name,
        "kind": entry.kind,
        "plugin": entry.source.name,
        "version": entry.source.version,
        "summary": _summary(loaded),
        "options": options_of(loaded),
    }


def _summary(loaded: object) -> str:
    own = getattr(loaded, "summary", None) or getattr(loaded, "title", None)
    return own if isinstance(own, str) else (inspect.getdoc(loaded) or "").partition("\n")[0]


def options_of(loaded: object) -> dict[str, str]:
    """Options by name with their defaults as text; "(needed)" without one.

    Those of a trainer are its sizes.
    """
    if dataclasses.is_dataclass(loaded) and isinstance(loaded, type):
        taken = [field for field in dataclasses.fields(loaded) if field.init]
        return {field.name: _default(field) for field in taken}
    sizes = getattr(loaded, "config", None)
    if dataclasses.is_dataclass(sizes):
        return {f.name: _text(getattr(sizes, f.name)) for f in dataclasses.fields(sizes)}
    return {}


def _default(field: "dataclasses.Field[Any]") -> str:
    if field.default is not dataclasses.MISSING:
        return _text(field.default)
    if field.default_factory is not dataclasses.MISSING:
        return _text(field.default_factory())
    return "(needed)"


def _text(value: Any) -> str:
    """A default as one would write it among the options."""
    from eloss_plugins.plugins.options import write

    if isinstance(value, tuple):
        return " ".join(map(_text, value))
    if value is None or isinstance(value, str | int | float):
        return write(value)
    return _registered_name(value) or type(value).__name__


def _registered_name(part: object) -> str | None:
    """What the law or edge set that stands in a loss is called."""
    from eloss_plugins.plugins import load

    registries = (load().stiffness, load().edges)
    found = (registry.name_of(type(part)) for registry in registries)
    return next((entry.name for entry in found if entry is not None), None)


def _as_text(entry: dict[str, Any]) -> str:
    lines = [f"{entry['name']} ({entry['kind']}, {entry['plugin']} {entry['version']})"]
    lines += [entry["summary"]] if entry["summary"] else []
    width = max((len(name) for name in entry["options"]), default=0)
    lines += [f"  {name.ljust(width)}  {value}" for name, value in entry["options"].items()]
    return "\n".join(lines)
