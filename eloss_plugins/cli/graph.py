"""`eloss graph`: sparse graphs that leave a molecule one shape: made, checked, looked at."""

import argparse

from eloss_plugins.cli import flags, graph_recipe, values
from eloss_plugins.cli.actions import Actions, add_actions, run_action
from eloss_plugins.cli.parser import Parser

NAME = "graph"
SUMMARY = "Build, check and draw graphs that leave a molecule one shape."
DATA = "name or path of the molecules"


def configure(parser: Parser) -> None:
    """The sub-commands of `graph` and their flags."""
    add_actions(parser, ACTIONS)


def run(arguments: argparse.Namespace) -> int:
    """Do what the action says."""
    return run_action(arguments, NAME, ACTIONS)


def _build(parser: Parser) -> None:
    parser.add_argument("data", type=values.word, metavar="DATA", help=DATA)
    parser.add_argument(
        "--out", type=values.path, metavar="FILE", help="write them to an .npz file, too"
    )
    flags.add_overwrite(parser)
    graph_recipe.add_recipe(parser)


def _check(parser: Parser) -> None:
    parser.add_argument(
        "file", type=values.path, metavar="FILE", help="what eloss graph build --out wrote"
    )
    parser.add_argument(
        "data",
        type=values.word,
        metavar="DATA",
        nargs="?",
        help=f"{DATA} (default: those in the file)",
    )


def _show(parser: Parser) -> None:
    parser.add_argument("data", type=values.word, metavar="DATA", help=DATA)
    parser.add_argument(
        "--molecule",
        type=values.whole_number,
        metavar="N",
        default=0,
        help="which of them, counted from 0 (default: 0)",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=values.path,
        metavar="FILE",
        help="draw it, too, to an .svg or .png file",
    )
    flags.add_overwrite(parser)
    graph_recipe.add_recipe(parser)


ACTIONS: Actions = {
    "build": ("Build the graph of every molecule and keep it for training.", _build),
    "check": ("Prove anew that stored graphs leave their molecules one shape.", _check),
    "show": ("Explain and draw the graph of one molecule.", _show),
}
