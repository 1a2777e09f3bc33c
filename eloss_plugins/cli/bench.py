"""`eloss bench`: measure the parts of this package, each beside what it stands in for."""

import argparse
from importlib import import_module
from typing import TYPE_CHECKING

from eloss_plugins.bench import BENCHMARKS
from eloss_plugins.cli import values
from eloss_plugins.cli.output import emit, emit_json, table
from eloss_plugins.cli.parser import Parser

if TYPE_CHECKING:
    from eloss_plugins.bench.table import Table

NAME = "bench"
SUMMARY = "Measure edge sets side by side."


def configure(parser: Parser) -> None:
    """The flags of `bench`."""
    parser.add_argument("what", choices=[*BENCHMARKS], metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument(
        "--data", type=values.word, default="bundled", help="name or path of molecules"
    )
    parser.add_argument(
        "--molecules",
        type=values.count,
        default=200,
        metavar="N",
        help="how many of them, drawn at random (default 200)",
    )
    parser.add_argument(
        "--seed", type=values.seed, default=0, metavar="N", help="of all draws (default 0)"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON and nothing else")
    form.add_argument("--markdown", action="store_true", help="print tables for a page")


def run(arguments: argparse.Namespace) -> int:
    """Measure, and print the tables."""
    tables = _measure(arguments)
    if arguments.json:
        emit_json([it.to_json() for it in tables])
    else:
        emit("\n\n".join(it.to_markdown() if arguments.markdown else _plain(it) for it in tables))
    return 0


def _measure(arguments: argparse.Namespace) -> "list[Table]":
    from eloss_plugins.data.load import load

    data = load(arguments.data)
    run_all = import_module(BENCHMARKS[arguments.what]).run
    tables: list[Table] = run_all(
        data.molecules, name=data.name, most=arguments.molecules, seed=arguments.seed
    )
    return tables


def _plain(shown: "Table") -> str:
    return "\n".join([shown.title, table(shown.header, shown.rows), *shown.notes])
