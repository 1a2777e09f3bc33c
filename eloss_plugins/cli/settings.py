"""Settings that a flag, an environment variable or a file may give: who wins, and who gave it."""

import logging
import os
import tomllib
from argparse import Action, ArgumentError, ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from eloss_plugins.cli.output import emit, emit_json, to_json
from eloss_plugins.cli.parser import Parser, unknown
from eloss_plugins.errors import EnvironmentProblem, UsageError

ENVIRONMENT_PREFIX = "ELOSS_TRAIN_"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Setting:
    """One thing that can be set.

    Attributes:
        key: its name with underscores; the flag has dashes, the environment capitals.
        parse: from text to value.
        help: a few words.
        metavar: what the help calls the value.
        group: the heading in the help.
        form: how it stands on the command line: a `value` after its flag, a `switch` that is
            there or not, a `word` of its own, or `entries` by name, the flag once or oftener.
    """

    key: str
    parse: Callable[[str], Any]
    help: str
    metavar: str = ""
    group: str = "run"
    form: Literal["value", "switch", "word", "entries"] = "value"

    @property
    def name(self) -> str:
        """As on the command line and in a file, `learning-rate`."""
        return self.key.replace("_", "-")

    @property
    def variable(self) -> str:
        """As in the environment, `ELOSS_TRAIN_LEARNING_RATE`."""
        return ENVIRONMENT_PREFIX + self.key.upper()


@dataclass(frozen=True)
class Origin:
    """A value and where it came from: "command line", "environment", a file, or "default"."""

    value: Any
    source: str


NOT_SET = Origin(None, "not set")


def add_settings(parser: Parser, settings: Iterable[Setting]) -> None:
    """Each setting on the command line, under the heading of its group; unset ones are None."""
    groups: dict[str, Any] = {}
    for setting in settings:
        if setting.form != "word" and setting.group not in groups:
            groups[setting.group] = parser.add_argument_group(setting.group)
        ADD[setting.form](groups.get(setting.group, parser), setting)


def _add_value(group: Any, setting: Setting) -> None:
    group.add_argument(
        f"--{setting.name}",
        dest=setting.key,
        type=setting.parse,
        metavar=setting.metavar,
        help=setting.help,
    )


def _add_switch(group: Any, setting: Setting) -> None:
    group.add_argument(
        f"--{setting.name}",
        dest=setting.key,
        action="store_true",
        default=None,
        help=setting.help,
    )


def _add_word(group: Any, setting: Setting) -> None:
    group.add_argument(
        setting.key, nargs="?", type=setting.parse, metavar=setting.metavar, help=setting.help
    )


def _add_entries(group: Any, setting: Setting) -> None:
    group.add_argument(
        f"--{setting.name}",
        dest=setting.key,
        type=setting.parse,
        metavar=setting.metavar,
        help=setting.help,
        action=_Merged,
    )


class _Merged(Action):
    """Entries of all flags of one name together, each of them once."""

    def __call__(
        self,
        parser: ArgumentParser,
        namespace: Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        known: dict[str, Any] = getattr(namespace, self.dest, None) or {}
        twice = sorted(set(known) & set(values))
        if twice:
            raise ArgumentError(self, f"{twice[0]} is given twice; keep one")
        setattr(namespace, self.dest, {**known, **values})


ADD = {
    "value": _add_value,
    "switch": _add_switch,
    "word": _add_word,
    "entries": _add_entries,
}


def resolve(
    settings: Sequence[Setting], arguments: Namespace, file: Path | None
) -> dict[str, Origin]:
    """Each setting that was given: command line before environment before file."""
    found: dict[str, Origin] = {}
    if file is not None:
        found |= from_file(settings, file)
    found |= from_environment(settings, os.environ)
    for setting in settings:
        value = getattr(arguments, setting.key, None)
        if value is not None:
            found[setting.key] = Origin(value, "command line")
    for key, origin in found.items():
        _log.info("%s = %s (%s)", key, origin.value, origin.source)
    return found


def from_environment(
    settings: Iterable[Setting], environment: Mapping[str, str]
) -> dict[str, Origin]:
    """The settings whose variables are set and not empty."""
    return {
        setting.key: Origin(
            _parsed(setting, environment[setting.variable], setting.variable), "environment"
        )
        for setting in settings
        if environment.get(setting.variable)
    }


def from_file(settings: Sequence[Setting], file: Path) -> dict[str, Origin]:
    """The settings in a TOML file; tables group keys and mean nothing else.

    Raises:
        UsageError: not TOML, an unknown key, or a value of the wrong kind.
        EnvironmentProblem: the file cannot be read.
    """
    known = {setting.name: setting for setting in settings}
    found: dict[str, Origin] = {}
    for name, value in _flat(_read(file), frozenset(known)):
        if name not in known:
            raise UsageError(f"{file}: {unknown('key', name, known)}")
        setting = known[name]
        if setting.key in found:
            raise UsageError(f"{file}: {name} is given twice; keep one")
        found[setting.key] = Origin(_parsed(setting, as_text(value), f"{file}: {name}"), str(file))
    return found


def needed(settings: Iterable[Setting], found: Mapping[str, Origin], keys: Sequence[str]) -> None:
    """Raise a usage error if one of `keys` was given nowhere."""
    missing = [s for s in settings if s.key in keys and s.key not in found]
    if missing:
        names = ", ".join(s.metavar if s.form == "word" else f"--{s.name}" for s in missing)
        raise UsageError(f"missing: {names}. Give it on the command line or in --config")


def emit_settings(
    settings: Sequence[Setting], complete: Mapping[str, Origin], *, as_json: bool
) -> None:
    """Print what `--show-config` asks for: a file that gives the same again, or JSON."""
    if as_json:
        emit_json({key: {"value": o.value, "origin": o.source} for key, o in complete.items()})
    else:
        emit(show(settings, complete))


def show(settings: Sequence[Setting], found: Mapping[str, Origin]) -> str:
    """TOML that gives the same settings again, each with its origin as a comment."""
    groups: dict[str, list[str]] = {}
    for setting in settings:
        lines = groups.setdefault(setting.group, [f"# {setting.group}"])
        lines.append(_line(setting, found.get(setting.key, NOT_SET)))
    return "\n\n".join("\n".join(lines) for lines in groups.values())


def _line(setting: Setting, origin: Origin) -> str:
    if origin.value is None or origin.value == {}:
        return f"# {setting.name} =  # {NOT_SET.source}: {setting.help}"
    return f"{setting.name} = {_toml(origin.value)}  # {origin.source}"


def _toml(value: Any) -> str:
    """A value that `from_file` reads back."""
    return to_json(value if isinstance(value, bool | int | float) else as_text(value))


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{file}: no such file") from None
    except OSError as problem:
        raise EnvironmentProblem(f"{file}: {problem.strerror}") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise UsageError(f"{file} is not valid TOML: {problem}") from None


def _flat(tree: dict[str, Any], known: frozenset[str]) -> list[tuple[str, Any]]:
    entries: list[tuple[str, Any]] = []
    for key, value in tree.items():
        name = key.replace("_", "-")
        if isinstance(value, dict) and name not in known:
            entries += [(inner.replace("_", "-"), item) for inner, item in value.items()]
        else:
            entries.append((name, value))
    return entries


def as_text(value: Any) -> str:
    """A value as one would write it on the command line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ",".join(f"{name}={as_text(item)}" for name, item in value.items())
    if isinstance(value, list | tuple):
        return ",".join(as_text(item) for item in value)
    return str(value)


def _parsed(setting: Setting, text: str, place: str) -> Any:
    try:
        return setting.parse(text)
    except ArgumentTypeError as problem:
        raise UsageError(f"{place}: {problem}") from None
