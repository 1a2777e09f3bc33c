"""`eloss compare`: several losses, several seeds, all else equal; a table and a report."""

import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from eloss_plugins.cli import averaging, flags
from eloss_plugins.cli.compare_settings import COMPARE, DEFAULTS, folder, with_defaults
from eloss_plugins.cli.comparison.plan import Common, Entrant, Grid, Plan, entrant, shortened
from eloss_plugins.cli.comparison.sampling import check_sampling
from eloss_plugins.cli.output import warn
from eloss_plugins.cli.parser import Parser
from eloss_plugins.cli.places import check_writable, holds_something
from eloss_plugins.cli.plugin_choice import add_plugin_choice
from eloss_plugins.cli.recipe_choice import with_recipe
from eloss_plugins.cli.settings import Origin, add_settings, emit_settings, needed, resolve
from eloss_plugins.cli.train_settings import SHARED
from eloss_plugins.errors import Refused, UsageError

MOLECULES = ("samples", "sample_steps", "sample_batch", "curve_samples", "sample_options")
NAME = "compare"
SUMMARY = "Train and judge several losses, all else equal."


def configure(parser: Parser) -> None:
    """The flags of `compare`."""
    add_settings(parser, COMPARE)
    flags.add_config(parser)
    flags.add_resume(parser, "the comparison")
    flags.add_json(parser)
    add_plugin_choice(parser)


def run(arguments: argparse.Namespace) -> int:
    """Compare, or show what would be compared; 1 if a run failed."""
    found = settings_of(arguments)
    plan = plan_of(found)
    if arguments.show_config:
        return _show_config(found, plan, as_json=arguments.json)
    out: Path = found["out"].value
    check_writable(out)
    if holds_something(out) and not (arguments.resume or arguments.overwrite):
        raise Refused(f"{out} exists. Add --resume to continue it, or --overwrite to start anew")
    from eloss_plugins.cli.comparison.contest import hold
    from eloss_plugins.cli.comparison.reporting import publish
    from eloss_plugins.cores import cores

    _warn_of_first_weights(plan)
    each = plan.common.settings.get("devices") or 1
    jobs = found["jobs"].value or max(1, cores() // each)
    contest = hold(plan, out, jobs, overwrite=arguments.overwrite)
    publish(contest, out, as_json=arguments.json)
    return 1 if contest.unfinished else 0


def settings_of(arguments: argparse.Namespace) -> dict[str, Origin]:
    """Every setting that was given, wherever, and the defaults of the comparison's own."""
    found = resolve(COMPARE, arguments, arguments.config)
    needed(COMPARE, found, ["model", "losses"])
    found = with_recipe(found)
    defaults = DEFAULTS | {"out": folder(found["model"].value)}
    return {key: Origin(value, "default") for key, value in defaults.items()} | found


def plan_of(found: Mapping[str, Origin]) -> Plan:
    """What is asked for.

    Raises:
        UsageError: a learning rate for a loss that does not enter, a sweep that cannot be, or
            sampling options that the trainer has not.
    """
    given = {key: origin.value for key, origin in found.items()}
    shared = {s.key: given[s.key] for s in SHARED if s.key in given}
    common = Common(given["model"], shared, **{key: given[key] for key in MOLECULES})
    check_sampling(common)
    return Plan(common, _entrants(given), given["seeds"], _grid(given))


def _show_config(found: Mapping[str, Origin], plan: Plan, *, as_json: bool) -> int:
    from eloss_plugins.cli.comparison import contest

    for one in plan.entrants:
        contest.settings_of(plan.common.model, one)  # refuses unknown losses and options
    emit_settings(COMPARE, with_defaults(found), as_json=as_json)
    return 0


def _warn_of_first_weights(plan: Plan) -> None:
    decay, steps = (plan.common.settings.get(key) for key in ("ema_decay", "steps"))
    swept = plan.grid.steps if plan.grid else None
    for what, length in (("The runs", steps), ("The sweep's runs", swept)):
        if remark := averaging.remark(what, decay, length):
            warn(remark)


def _entrants(given: Mapping[str, Any]) -> tuple[Entrant, ...]:
    """The losses with their learning rates, each given by the entry as written or by its label."""
    rates: dict[str, float] = given["learning_rates"]
    texts: tuple[str, ...] = given["losses"]
    entered = shortened(tuple(entrant(text) for text in texts))
    known = {*texts, *(one.label for one in entered)}
    strangers = sorted(set(rates) - known)
    if strangers:
        raise UsageError(
            f"--learning-rates names {', '.join(strangers)}; the losses are {', '.join(texts)}"
        )
    return tuple(
        replace(one, learning_rate=rates.get(text, rates.get(one.label)))
        for text, one in zip(texts, entered, strict=True)
    )


def _grid(given: Mapping[str, Any]) -> Grid | None:
    if not given["sweep"]:
        return None
    if given["learning_rates"]:
        raise UsageError("--sweep finds the learning rates; leave --learning-rates out")
    steps = given["sweep_steps"] or _quarter(given.get("steps"))
    return Grid(given["sweep_rates"], given["sweep_weights"], steps, given["sweep_samples"])


def _quarter(steps: int | None) -> int:
    if steps is None:
        raise UsageError("--sweep needs --sweep-steps, or --steps to take a quarter of")
    return max(1, steps // 4)
