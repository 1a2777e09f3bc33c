"""`--allow-plugins` and `--block-plugins`: the variables of those names, for one command."""

import argparse
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from eloss_plugins.cli import values
from eloss_plugins.cli.parser import Parser

HELP = {
    "allow_plugins": "of other packages' plugins, only these",
    "block_plugins": "load all plugins but these",
}


def add_plugin_choice(parser: Parser) -> None:
    """The flags, for a command that loads plugins."""
    group = parser.add_argument_group("plugins")
    for key, text in HELP.items():
        group.add_argument(
            f"--{key.replace('_', '-')}",
            type=values.list_of(values.word),
            metavar="NAME,...",
            default=argparse.SUPPRESS,  # else a sub-command would forget what stands before it
            help=text,
        )


@contextmanager
def plugins_chosen(arguments: argparse.Namespace) -> Iterator[None]:
    """Inside, the variables say what the flags say, to this process and to those that it starts.

    A flag replaces its variable. The variables of before come back afterwards.

    Raises:
        UsageError: no installed plugin goes by a name.
    """
    given = {key: getattr(arguments, key) for key in HELP if getattr(arguments, key, None)}
    if not given:
        yield
        return
    from eloss_plugins.plugins import forget, selection

    for names in given.values():
        selection.refuse_unknown(names)
    variables = {"allow_plugins": selection.ALLOW, "block_plugins": selection.BLOCK}
    with _environment({variables[key]: ",".join(names) for key, names in given.items()}):
        forget()
        try:
            yield
        finally:
            forget()


@contextmanager
def _environment(changes: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
