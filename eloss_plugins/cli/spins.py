"""`eloss spins`: teach a network the ground states of spin glasses with several losses."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from eloss_plugins.cli import flags, values
from eloss_plugins.cli.parser import Parser, given
from eloss_plugins.cli.places import check_writable, holds_something
from eloss_plugins.cli.plugin_choice import add_plugin_choice
from eloss_plugins.errors import Refused, UsageError

if TYPE_CHECKING:
    from eloss_plugins.spins.plan import Plan

NAME = "spins"
SUMMARY = "Compare losses on ground states of spin glasses, or find some."

LOSSES = (
    *("cross-entropy", "margin", "local-field", "true-energy"),
    *("local-field-min", "cross-entropy-min", "pair-energy"),
)
LARGEST_SIZE = 256
SOLVE = "solve"
FOR_SOLVE = {"what", "file", "size", "boundary", "couplings", "data_seed", "method", "json"}
FOR_MANY = {"instances", "out", "jobs", "overwrite"}
SHARED = {"quiet", "verbose", "debug", "allow_plugins", "block_plugins"}


def configure(parser: Parser) -> None:
    """The flags of `spins`."""
    _words(parser)
    _of_glasses(parser)
    _of_training(parser)
    flags.add_resume(parser, "the experiment")
    flags.add_json(parser)
    add_plugin_choice(parser)


def run(arguments: argparse.Namespace) -> int:
    """Hold the experiment, or find one ground state."""
    if arguments.what == SOLVE:
        return _solve(arguments)
    if arguments.file is not None:
        raise UsageError("a file goes with `eloss spins solve FILE`")
    plan = plan_of(arguments)
    out: Path = arguments.out or _folder(plan)
    check_writable(out)
    if holds_something(out) and not (arguments.resume or arguments.overwrite):
        raise Refused(f"{out} exists. Add --resume to continue it, or --overwrite to start anew")
    _hold(plan, out, arguments)
    return 0


def plan_of(arguments: argparse.Namespace) -> "Plan":
    """What is asked for.

    Raises:
        UsageError: a lattice, couplings, a method or a loss that cannot be.
    """
    from eloss_plugins.cli.comparison.plan import entrant, shortened
    from eloss_plugins.host import bind_discrete
    from eloss_plugins.spins.plan import Entry, Plan
    from eloss_plugins.spins.training import Training

    entered = shortened(tuple(entrant(text) for text in arguments.losses))
    entries = tuple(
        Entry(one.label, one.loss, ",".join(f"{k}={v}" for k, v in one.options.items()))
        for one in entered
    )
    for entry in entries:
        bind_discrete(entry.loss, entry.options)  # refuses unknown losses and options
    keys = ("epochs", "batch_size", "learning_rate", "blocks", "channels")
    common = Training(loss="", **{key: getattr(arguments, key) for key in keys})
    glasses = ("size", "boundary", "couplings", "instances", "test", "data_seed", "method")
    chosen = {key: getattr(arguments, key) for key in glasses}
    return Plan(**chosen, entries=entries, seeds=arguments.seeds, common=common)


def _hold(plan: "Plan", out: Path, arguments: argparse.Namespace) -> None:
    from eloss_plugins.cli.spinning.holding import hold
    from eloss_plugins.cli.spinning.publishing import publish

    held = hold(plan, out, arguments.jobs, overwrite=arguments.overwrite)
    publish(held, out, as_json=arguments.json)


def _solve(arguments: argparse.Namespace) -> int:
    many = "instances" in given(arguments)
    others = given(arguments) - FOR_SOLVE - SHARED - (FOR_MANY if many else set())
    if others:
        names = ", ".join(f"--{name.replace('_', '-')}" for name in sorted(others))
        hint = " without --instances" if others <= FOR_MANY else ""
        raise UsageError(f"`eloss spins solve` takes no {names}{hint}")
    if many and arguments.file is not None:
        raise UsageError("--instances are drawn; leave it out to solve the couplings of a file")
    if many:
        from eloss_plugins.cli.spinning.many import solve_many

        solve_many(arguments)
    else:
        from eloss_plugins.cli.spinning.single import solve_one

        solve_one(arguments)
    return 0


def _folder(plan: "Plan") -> Path:
    return Path("runs") / f"spins-{plan.size}-{plan.boundary}-{plan.couplings}"


def _words(parser: Parser) -> None:
    parser.add_argument(
        "what", nargs="?", choices=[SOLVE], metavar=SOLVE, help="find ground states, no training"
    )
    parser.add_argument(
        "file",
        nargs="?",
        type=values.path,
        metavar="FILE",
        help="with solve: couplings as a matrix (.npy, .npz) or lines of two sites and a coupling",
    )
    parser.add_argument(
        "--out",
        type=values.path,
        metavar="DIR",
        help="folder of the experiment (default runs/spins-...), or with solve an .npz file",
    )
    parser.add_argument(
        "--jobs", type=values.count, metavar="N", help="processes at once (default: all cores)"
    )


def _of_glasses(parser: Parser) -> None:
    group = parser.add_argument_group("spin glasses")

    def size(text: str) -> int:
        return values.whole_number(text, low=2, high=LARGEST_SIZE)

    def add(name: str, **options: object) -> None:
        group.add_argument(f"--{name}", **options)  # type: ignore[arg-type]

    add("size", type=size, default=8, metavar="L", help="sites along a side (default 8)")
    add("boundary", choices=["open", "periodic"], default="open", help="default: open")
    add(
        "couplings",
        choices=["uniform", "binary"],
        default="uniform",
        help="from -1 to 1, or -1 and +1 (default: uniform)",
    )
    add("instances", type=values.count, default=6000, metavar="N", help="to train on (6000)")
    add("test", type=values.count, default=1000, metavar="N", help="to judge on (1000)")
    add("data-seed", type=values.seed, default=0, metavar="N", help="of the couplings (0)")
    add(
        "method",
        choices=["matching", "seams", "transfer", "milp"],
        help="of the ground states (default: the fastest that can)",
    )


def _of_training(parser: Parser) -> None:
    group = parser.add_argument_group("training")

    def add(name: str, **options: object) -> None:
        group.add_argument(f"--{name}", **options)  # type: ignore[arg-type]

    add(
        "losses",
        type=values.list_of(values.word),
        default=LOSSES,
        metavar="NAME,...",
        help="NAME or NAME/option=value; default: all built-in ones",
    )
    seeds = values.list_of(values.seed)
    add("seeds", type=seeds, default=(0, 1), metavar="N,...", help="of the runs (default 0,1)")
    add("epochs", type=values.count, default=12, metavar="N", help="passes over the data (12)")
    add("batch-size", type=values.count, default=128, metavar="N", help="spin glasses (128)")
    add("learning-rate", type=values.positive, default=1e-3, metavar="X", help="of Adam (0.001)")
    add("blocks", type=values.count, default=6, metavar="N", help="of the network (6)")
    add("channels", type=values.count, default=48, metavar="N", help="of the network (48)")
