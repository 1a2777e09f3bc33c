"""`eloss checkpoint`: models of upstream codebases, in and out."""

import argparse

from eloss_plugins.cli import flags, values
from eloss_plugins.cli.actions import Actions, add_actions, run_action
from eloss_plugins.cli.parser import Parser
from eloss_plugins.cli.plugin_choice import add_plugin_choice
from eloss_plugins.trainers.upstreams import UPSTREAMS

NAME = "checkpoint"
SUMMARY = "Take in checkpoints of upstream trainers, and write them."
WEIGHTS = ("averaged", "latest")


def configure(parser: Parser) -> None:
    """The sub-commands of `checkpoint` and their flags."""
    add_actions(parser, ACTIONS, add_plugin_choice)


def run(arguments: argparse.Namespace) -> int:
    """Do what the action says."""
    return run_action(arguments, NAME, ACTIONS)


def _import(parser: Parser) -> None:
    parser.add_argument(
        "upstream", choices=tuple(UPSTREAMS), metavar="UPSTREAM", help=", ".join(UPSTREAMS)
    )
    parser.add_argument(
        "path", type=values.path, metavar="PATH", help="its output folder, or its file"
    )
    parser.add_argument(
        "--out", type=values.path, metavar="DIR", required=True, help="new folder of a run"
    )
    parser.add_argument(
        "--data",
        type=values.word,
        metavar="DATA",
        default="bundled",
        help="molecules whose sizes the new ones get (default: bundled)",
    )
    parser.add_argument(
        "--weights",
        choices=WEIGHTS,
        default=WEIGHTS[0],
        help="averaged, if it has them, or those of the last step (default: averaged)",
    )
    _add_settings(parser)
    flags.add_overwrite(parser)


def _export(parser: Parser) -> None:
    parser.add_argument(
        "source", type=values.path, metavar="RUN", help="folder of a run, or one of its checkpoints"
    )
    parser.add_argument(
        "path", type=values.path, metavar="PATH", help="folder, or for jodo a file, to write"
    )
    flags.add_overwrite(parser)


def _show(parser: Parser) -> None:
    parser.add_argument(
        "path", type=values.path, metavar="PATH", help="a run, or a checkpoint of an upstream"
    )
    _add_settings(parser)


def _add_settings(parser: Parser) -> None:
    """What a checkpoint does not say about its model."""
    parser.add_argument(
        "--model-preset", type=values.word, metavar="NAME", help="sizes that the file does not say"
    )
    parser.add_argument(
        "--model-options",
        type=values.pairs_of(str),
        metavar="K=V,...",
        default={},
        help="single ones of them",
    )


ACTIONS: Actions = {
    "import": ("Make a run of a checkpoint, to sample, evaluate or start from.", _import),
    "export": ("Write a run's averaged weights as its upstream does.", _export),
    "show": ("Say what is in a checkpoint.", _show),
}
