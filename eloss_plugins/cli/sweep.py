"""`eloss sweep`: a search for learning rate, weight, law and whatever else a run is given."""

import argparse
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eloss_plugins.cli import averaging, flags
from eloss_plugins.cli.output import note, warn
from eloss_plugins.cli.parser import Parser
from eloss_plugins.cli.places import check_writable, holds_something
from eloss_plugins.cli.plugin_choice import add_plugin_choice
from eloss_plugins.cli.recipe_choice import with_recipe
from eloss_plugins.cli.settings import Origin, add_settings, emit_settings, needed, resolve
from eloss_plugins.cli.sweep_settings import SWEEP, defaults, with_defaults
from eloss_plugins.errors import Refused

NAME = "sweep"
SUMMARY = "Search for the settings that train best."


def configure(parser: Parser) -> None:
    """The flags of `sweep`."""
    add_settings(parser, SWEEP)
    flags.add_config(parser)
    flags.add_resume(parser, "the sweep")
    flags.add_json(parser)
    add_plugin_choice(parser)


def run(arguments: argparse.Namespace) -> int:
    """Search, or show what would be searched."""
    found = settings_of(arguments)
    from eloss_plugins import host

    host.check(str(found["loss_plugin"].value))  # before torch takes its seconds to load
    from eloss_plugins.cli.sweeping.planning import plan_of
    from eloss_plugins.cli.sweeping.starts import is_whole

    plan = plan_of({key: origin.value for key, origin in found.items()})
    if arguments.show_config:
        emit_settings(SWEEP, with_defaults(found, plan), as_json=arguments.json)
        return 0
    if not any(is_whole(plan, point) for point in plan.starts):
        note("the tuned values lie outside of what is searched; the preset itself is not tried")
    if remark := averaging.remark("The trials", plan.given.get("ema_decay"), plan.steps):
        warn(remark)
    return _sweep(arguments, plan, {key: origin.value for key, origin in found.items()})


def settings_of(arguments: argparse.Namespace) -> dict[str, Origin]:
    """Every setting that was given, wherever, and the defaults of the search's own."""
    found = resolve(SWEEP, arguments, arguments.config)
    needed(SWEEP, found, ["model"])
    found = with_recipe(found)
    loss = found["loss_plugin"].value if "loss_plugin" in found else "none"
    own = defaults(found["model"].value, loss)
    return {key: Origin(value, "default") for key, value in own.items()} | found


def _sweep(arguments: argparse.Namespace, plan: Any, given: Mapping[str, Any]) -> int:
    from eloss_plugins.cli.sweeping import storage
    from eloss_plugins.cli.sweeping.holding import Terms, hold
    from eloss_plugins.cli.sweeping.publishing import publish

    storage.check_installed()
    out: Path = given["out"]
    check_writable(out)
    if holds_something(out) and not (arguments.resume or arguments.overwrite):
        raise Refused(f"{out} exists. Add --resume to continue it, or --overwrite to start anew")
    deadline = time.monotonic() + (given["timeout"] or float("inf"))
    terms = Terms(
        given["trials"], given["storage"], given["jobs"], deadline, overwrite=arguments.overwrite
    )
    publish(hold(plan, out, terms), out, as_json=arguments.json)
    return 0
