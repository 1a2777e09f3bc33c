"""Flags that several commands share."""

import argparse

from eloss_plugins.cli import values
from eloss_plugins.cli.parser import Parser


def add_common(parser: Parser) -> None:
    """The flags that stand before or after the command."""
    group = parser.add_argument_group("output")
    hidden = argparse.SUPPRESS
    group.add_argument(
        "-q", "--quiet", action="store_true", default=hidden, help="no progress and no notes"
    )
    group.add_argument(
        "-v",
        "--verbose",
        action="count",
        default=hidden,
        help="say what is used and what libraries log; twice for all of it",
    )
    group.add_argument(
        "--debug", action="store_true", default=hidden, help="show tracebacks of errors"
    )


def add_json(parser: Parser) -> None:
    """`--json`: the answer for programs."""
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")


def add_config(parser: Parser) -> None:
    """`--config` and `--show-config`: settings from a file, and what they came to."""
    group = parser.add_argument_group("settings")
    group.add_argument("--config", type=values.path, metavar="FILE", help="settings in TOML")
    group.add_argument(
        "--show-config", action="store_true", help="print every setting and its origin, then stop"
    )


def add_resume(parser: Parser, what: str) -> None:
    """`--resume` and `--overwrite`: what to do when the output is there already."""
    parser.add_argument("--resume", action="store_true", help=f"continue {what} if it is there")
    add_overwrite(parser)


def add_overwrite(parser: Parser) -> None:
    """`--overwrite` alone."""
    parser.add_argument("--overwrite", action="store_true", help="replace what is there")


def add_sampling(parser: Parser) -> None:
    """How molecules are generated."""
    group = parser.add_argument_group("sampling")
    group.add_argument(
        "--sample-steps",
        type=values.count,
        metavar="N",
        help="steps from noise to molecules (default: those of the training)",
    )
    group.add_argument(
        "--sample-batch",
        type=values.count,
        metavar="N",
        default=100,
        help="molecules made together (default: 100)",
    )
    group.add_argument(
        "--sample-options",
        type=values.pairs_of(str),
        metavar="K=V,...",
        default={},
        help="how the model samples, where its trainer leaves a choice (default: the run's)",
    )
