"""Flags that say how a graph is made: the options of the edge set `rigid`."""

import argparse
from typing import TYPE_CHECKING, Any

from eloss_plugins.cli import values
from eloss_plugins.cli.parser import Parser

if TYPE_CHECKING:
    from eloss_plugins.graphs.recipe import Recipe

CORES = ("auto", "bonds", "neighbours")
SYMMETRIES = ("none", "geometry", "topology")
OPTIONS = ("core", "symmetry", "neighbours", "max_local", "matchings", "seed")


def add_recipe(parser: Parser) -> None:
    """The flags; what is not given is as `edges=rigid` has it."""
    group = parser.add_argument_group("graph, as the options of edges=rigid")
    group.add_argument(
        "--core", choices=CORES, help="what holds at short range (default: bonds where known)"
    )
    group.add_argument(
        "--symmetry", choices=SYMMETRIES, help="exchanges of atoms that leave the graph as it is"
    )
    group.add_argument(
        "--neighbours", type=values.count, metavar="N", help="of an atom, in place of bonds"
    )
    group.add_argument(
        "--max-local",
        type=values.whole_number,
        metavar="N",
        help="edges that an atom may add to be held in every direction",
    )
    group.add_argument(
        "--matchings", type=values.whole_number, metavar="N", help="random pairings of all atoms"
    )
    group.add_argument("--seed", type=values.seed, metavar="N", help="of the random choices")


def recipe_of(arguments: argparse.Namespace) -> "Recipe":
    """How `edges=rigid` with these options makes a graph."""
    from eloss_plugins.graphs.edge_sets.rigid import Rigid

    options: Any = _given(arguments)
    return Rigid(**options).recipe


def loss_options_of(arguments: argparse.Namespace) -> str:
    """What to write behind `--loss-options` for the same graphs."""
    options = {"edges": "rigid", **_given(arguments)}
    return ",".join(f"{name}={value}" for name, value in options.items())


def _given(arguments: argparse.Namespace) -> dict[str, str | int]:
    found = {name: getattr(arguments, name) for name in OPTIONS}
    return {name: value for name, value in found.items() if value is not None}
