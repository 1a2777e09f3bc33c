"""`eloss train`: train a generator with a loss of choice."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eloss_plugins.cli import averaging, flags
from eloss_plugins.cli.interrupts import raise_if_asked
from eloss_plugins.cli.output import emit, emit_json, note
from eloss_plugins.cli.parser import Parser
from eloss_plugins.cli.plugin_choice import add_plugin_choice
from eloss_plugins.cli.recipe_choice import with_recipe
from eloss_plugins.cli.settings import Origin, add_settings, emit_settings, needed, resolve
from eloss_plugins.cli.train_settings import TRAIN, train_config, with_defaults
from eloss_plugins.trainers.processes import surroundings

if TYPE_CHECKING:
    from eloss_plugins.trainers.result import RunResult

NAME = "train"
SUMMARY = "Train a generator with a loss of choice."
UNINTERESTING = ("target", "loss", "plugin", "version")
OWN = "eloss-plugins:"


def configure(parser: Parser) -> None:
    """The flags of `train`."""
    add_settings(parser, TRAIN)
    flags.add_config(parser)
    flags.add_resume(parser, "the run")
    parser.add_argument(
        "--allow-change", action="store_true", help="resume although settings have changed"
    )
    flags.add_json(parser)
    add_plugin_choice(parser)


def run(arguments: argparse.Namespace) -> int:
    """Train, or show what would be trained."""
    found = resolve(TRAIN, arguments, arguments.config)
    needed(TRAIN, found, ["model"])
    found = with_recipe(found)
    found.setdefault("out", Origin(_folder(found), "default"))
    if arguments.show_config:
        emit_settings(TRAIN, with_defaults(found), as_json=arguments.json)
        return 0
    return _train(arguments, {key: origin.value for key, origin in found.items()})


def _folder(found: Mapping[str, Origin]) -> Path:
    model = found["model"].value
    loss = found["loss_plugin"].value if "loss_plugin" in found else "none"
    seed = found["seed"].value if "seed" in found else 0
    return Path("runs") / f"{model}-{loss}-{seed}"


def _train(arguments: argparse.Namespace, given: Mapping[str, Any]) -> int:
    from eloss_plugins import host

    host.check(str(given.get("loss_plugin", host.NONE)))  # before torch takes its seconds to load
    from eloss_plugins.trainers.config import TrainConfig
    from eloss_plugins.trainers.loop import train
    from eloss_plugins.trainers.parts import resolve_parts

    config = TrainConfig.from_json(_fields(arguments, given))
    parts = resolve_parts(config)
    note(f"loss: {described(config.loss, parts.settings)}")
    raise_if_asked()
    result = train(
        config,
        resume=arguments.resume,
        overwrite=arguments.overwrite,
        allow_change=arguments.allow_change,
        parts=parts,
    )
    _tell(result, arguments.json)
    if remark := averaging.remark("This run", config.ema_decay, result.step):
        note(remark)
    return result.exit_code


def described(loss: str, settings: Mapping[str, Any]) -> str:
    """A loss with all that its options came to, on one line; a foreign one with its origin."""
    if not settings:
        return f"{loss} (the trainer keeps its own)"
    shown = {k: v for k, v in settings.items() if k not in UNINTERESTING and v is not None}
    options = ", ".join(f"{name} {value}" for name, value in shown.items()) or "no options"
    is_own = str(settings.get("plugin", OWN)).startswith(OWN)
    origin = "" if is_own else f" of {settings['plugin']} {settings.get('version', '')}".rstrip()
    return f"{loss}{origin} ({options})"


def _fields(arguments: argparse.Namespace, given: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration; on resume, what is not given is as the run has it."""
    fields = train_config(given)
    recorded = _recorded(Path(fields["out"])) if arguments.resume else {}
    if surroundings.found() is not None:
        recorded.pop("devices", None)  # as many as were started; `train` compares
    pace = {"steps", "epochs"}
    if pace & set(fields):
        recorded = {key: value for key, value in recorded.items() if key not in pace}
    model = {**recorded.get("model", {}), **fields.get("model", {})}
    return {**recorded, **fields, "model": model}


def _recorded(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / "config.json").read_text("utf-8"))["config"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _tell(result: "RunResult", as_json: bool) -> None:
    if as_json:
        emit_json(result)
        return
    if not result.complete:
        emit(f"Stopped at step {result.step} of {result.total_steps}; saved in {result.path}")
        note("Continue with the same command and --resume")
        return
    left_out = f", {result.masked} molecules left out" if result.masked else ""
    emit(f"Trained {result.step} steps{left_out}; the run is in {result.path}")
    note(f"Next: eloss sample {result.path} -n 1000, then eloss evaluate {result.path}")
