"""Commands that are several: the actions below them, each run by a module of its own."""

import argparse
from collections.abc import Callable, Mapping
from importlib import import_module

from eloss_plugins.cli import flags
from eloss_plugins.cli.parser import Parser

Add = Callable[[Parser], None]
Actions = Mapping[str, tuple[str, Add]]
"""By name: the line of the help, and what adds the flags."""


def add_actions(parser: Parser, actions: Actions, *more: Add) -> None:
    """The actions as sub-commands: their own flags, those that all commands have, and `more`."""
    below = parser.add_subparsers(
        dest="action", metavar="ACTION", title="actions", parser_class=Parser
    )
    for name, (summary, add) in actions.items():
        child = below.add_parser(name, help=summary, description=summary)
        for own in (add, flags.add_json, flags.add_common, *more):
            own(child)
        child.set_defaults(parser=child)


def run_action(arguments: argparse.Namespace, command: str, actions: Actions) -> int:
    """Run the module `eloss_plugins.cli.COMMAND_ACTION`, imported only now."""
    if arguments.action is None:
        arguments.parser.error(f"an action is missing. Known: {', '.join(actions)}.")
    module = import_module(f"eloss_plugins.cli.{command}_{arguments.action}")
    return int(module.run(arguments))
