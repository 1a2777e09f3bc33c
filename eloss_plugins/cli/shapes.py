"""`eloss shapes`: learn regular polygons with several losses, and see which stay regular."""

import argparse
import math
from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eloss_plugins.cli import flags, values
from eloss_plugins.cli.parser import Parser
from eloss_plugins.cli.places import check_writable, holds_something
from eloss_plugins.cli.plugin_choice import add_plugin_choice
from eloss_plugins.errors import Refused

if TYPE_CHECKING:
    from eloss_plugins.shapes.plan import Plan

NAME = "shapes"
SUMMARY = "Learn regular polygons with several losses, all else equal."

LOSSES = "mse,kabsch,energy,energy/edges=random-regular"
ANGLES = "0,pi/8,pi/4,pi/2,3pi/4,pi"
COUNTS = "5,10,20,50,100,200"
TIMING = "30,300,3000,30000"
NOTHING = "none"
COURSES = ("constant", "linear", "cosine")
RATES = values.pairs_of(values.positive, split=str.rpartition)
FEWEST_VERTICES = 3


def angle(text: str) -> float:
    """An angle from 0 to pi: a number in radian, or a multiple of pi such as `3pi/4`."""
    factor, pi, divisor = text.strip().lower().partition("pi")
    try:
        if not pi:
            value = float(factor)
        else:
            value = float(factor or 1) * math.pi / float(divisor.removeprefix("/") or 1)
    except (ValueError, ZeroDivisionError):
        raise ArgumentTypeError(
            f"expected an angle such as 0.5 or 3pi/4; got {values.shown(text)}"
        ) from None
    if not 0 <= value <= math.pi:
        raise ArgumentTypeError(f"expected an angle from 0 to pi; got {values.shown(text)}")
    return value


def vertices(text: str) -> int:
    """A number of vertices that a polygon can have."""
    return values.whole_number(text, low=FEWEST_VERTICES, high=1_000_000)


def counts_or_none(text: str) -> tuple[int, ...]:
    """Numbers of vertices, or `none`."""
    return () if text.strip() == NOTHING else values.list_of(vertices)(text)


def configure(parser: Parser) -> None:
    """The flags of `shapes`."""
    _add(parser.add_argument_group("experiment"), EXPERIMENT)
    training = parser.add_argument_group("training, the same for every loss")
    _add(training, TRAINING)
    training.add_argument("--sweep", action="store_true", help="find the learning rates first")
    parser.add_argument("--jobs", type=values.count, metavar="N", help="processes (default: cores)")
    _add(parser, (("--out", values.path, "runs/shapes", "DIR", "folder of runs and report"),))
    flags.add_resume(parser, "the experiment")
    flags.add_json(parser)
    add_plugin_choice(parser)


Flag = tuple[str, Callable[[str], Any], str, str, str]
"""Name, type, default as one would write it, what the help calls the value, and the help."""

EXPERIMENT: tuple[Flag, ...] = (
    ("--losses", values.list_of(values.word), LOSSES, "A,B,...", "or NAME/option=value/..."),
    ("--seeds", values.list_of(values.seed), "0,1,2", "N,...", "of the runs of each loss"),
    ("--angles", values.list_of(angle), ANGLES, "X,...", "largest turns of the data"),
    ("--vertices", vertices, "20", "N", "of the polygons at all angles"),
    ("--vertex-counts", counts_or_none, COUNTS, "N,...", "at the largest angle, or none"),
    ("--timing", counts_or_none, TIMING, "N,...", "vertices at which a step is timed, or none"),
)
TRAINING: tuple[Flag, ...] = (
    ("--samples", values.count, "20000", "N", "polygons of the training set"),
    ("--steps", values.count, "1000", "N", "of the optimiser"),
    ("--batch-size", values.count, "128", "N", "polygons in a step"),
    ("--counts-batch-size", values.count, "16", "N", "the same in the runs over --vertex-counts"),
    ("--warmup", values.whole_number, "100", "N", "steps in which the learning rate rises"),
    ("--rate-course", values.one_of(*COURSES), "linear", "NAME", ", ".join(COURSES)),
    ("--learning-rates", RATES, "", "LOSS=X,...", "instead of each loss's own"),
)


def _add(group: Any, table: tuple[Flag, ...]) -> None:
    for flag, kind, default, metavar, what in table:
        shown = f"{what} (default: {default})" if default else what
        given = {"default": default} if default else {}
        group.add_argument(flag, type=kind, metavar=metavar, help=shown, **given)


def run(arguments: argparse.Namespace) -> int:
    """Run the experiment, or what is left of it, and report."""
    out: Path = arguments.out
    check_losses(arguments.losses)
    check_writable(out)
    if holds_something(out) and not (arguments.resume or arguments.overwrite):
        raise Refused(f"{out} exists. Add --resume to continue it, or --overwrite to start anew")
    plan = plan_of(arguments)
    return _hold(plan, arguments)


def check_losses(texts: tuple[str, ...]) -> None:
    """Refuse unknown names before anything heavy is loaded.

    Raises:
        UsageError: a text that names no loss.
    """
    from eloss_plugins import host
    from eloss_plugins.cli.comparison.plan import entrant

    for text in texts:
        host.check(entrant(text).loss)


def plan_of(arguments: argparse.Namespace) -> "Plan":
    """What is asked for.

    Raises:
        UsageError: an unknown loss or option, a learning rate of a loss that does not enter.
    """
    from eloss_plugins.cli.shaping.planning import contenders
    from eloss_plugins.shapes.plan import Plan
    from eloss_plugins.shapes.training import Training

    return Plan(
        contenders(arguments.losses, arguments.learning_rates or {}, sweep=arguments.sweep),
        arguments.seeds,
        tuple(sorted(arguments.angles)),
        arguments.vertices,
        tuple(sorted(arguments.vertex_counts)),
        Training(
            arguments.samples,
            arguments.steps,
            arguments.batch_size,
            arguments.rate_course,
            arguments.warmup,
        ),
        arguments.counts_batch_size,
        arguments.sweep,
        tuple(sorted(arguments.timing)),
    )


def _hold(plan: "Plan", arguments: argparse.Namespace) -> int:
    from eloss_plugins.cli.shaping.holding import hold
    from eloss_plugins.cli.shaping.publishing import publish
    from eloss_plugins.cores import cores

    held = hold(plan, arguments.out, arguments.jobs or cores(), overwrite=arguments.overwrite)
    publish(held, arguments.out, as_json=arguments.json)
    return 0
