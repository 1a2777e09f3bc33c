"""An argument parser that explains itself: no abbreviations, each flag once, close matches."""

import argparse
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from eloss_plugins.cli.values import shown
from eloss_plugins.errors import UsageError

SEEN = "_flags_seen"


class Finished(Exception):  # noqa: N818 - not an error
    """The parser has answered already, as `--help` does."""


class Parser(argparse.ArgumentParser):
    """An `ArgumentParser` that raises instead of exiting."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("allow_abbrev", False)
        options.setdefault("formatter_class", Formatter)
        super().__init__(*args, **options)
        self._takes_words_anywhere = False
        for name in (None, "store", "store_true", "store_const"):
            self.register("action", name, once(self._registry_get("action", name)))

    def error(self, message: str) -> NoReturn:
        """Raise the complaint as a usage error that names the help to read."""
        raise UsageError(f"{message}\nSee `{self.prog} --help`.")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """End the parsing; argparse has printed what was asked for."""
        raise Finished

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """As argparse does, but of two optional words the second may stand behind flags.

        Unless there is a `--`: of the two passes the second would not see it.
        """
        optional = [it for it in self._get_positional_actions() if it.nargs == argparse.OPTIONAL]
        if len(optional) < 2 or "--" in (args or ()) or self._takes_words_anywhere:
            return super().parse_known_args(args, namespace)
        self._takes_words_anywhere = True  # argparse comes back here, once for each kind
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._takes_words_anywhere = False

    def flags(self) -> list[str]:
        """Every flag that this parser knows."""
        return sorted(self._option_string_actions)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            raise argparse.ArgumentError(action, unknown("choice", str(value), action.choices))


class Formatter(argparse.HelpFormatter):
    """Help with room for the names, and defaults where there are any."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30)


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """A sentence about an unknown `name`: the closest known one, and all of them if few."""
    names = [str(item) for item in known]
    close = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f" Did you mean {close[0]}?" if close else ""
    known_names = f" Known: {', '.join(names)}." if 0 < len(names) <= 20 else ""
    return f"unknown {kind} {shown(name)}.{hint}{known_names}"


def once(kind: Callable[..., argparse.Action] | type[argparse.Action]) -> type[argparse.Action]:
    """The action class `kind`, refusing a flag that was given already."""
    if not isinstance(kind, type):
        raise TypeError(f"expected an action class; got {kind!r}")

    class Once(kind):  # type: ignore[misc, valid-type]
        def __call__(
            self,
            parser: argparse.ArgumentParser,
            namespace: argparse.Namespace,
            values: str | Sequence[Any] | None,
            option_string: str | None = None,
        ) -> None:
            seen: set[str] = namespace.__dict__.setdefault(SEEN, set())
            if option_string and self.dest in seen:
                raise argparse.ArgumentError(self, "given twice; keep one")
            seen.add(self.dest)
            super().__call__(parser, namespace, values, option_string)

    return Once


def given(arguments: argparse.Namespace) -> frozenset[str]:
    """Destinations of the flags that stood on the command line."""
    return frozenset(arguments.__dict__.get(SEEN, ()))
