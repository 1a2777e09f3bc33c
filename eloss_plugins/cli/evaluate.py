"""`eloss evaluate`: what generated molecules are worth."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from eloss_plugins.cli import flags, values
from eloss_plugins.cli.output import emit, note, to_json, warn
from eloss_plugins.cli.parser import Parser
from eloss_plugins.cli.places import check_output_file, check_readable, check_run_folder
from eloss_plugins.errors import UsageError

if TYPE_CHECKING:
    from eloss_plugins.data.molecules import MoleculeSet
    from eloss_plugins.metrics.evaluate import Reference
    from eloss_plugins.metrics.evaluation import Evaluation

NAME = "evaluate"
SUMMARY = "Judge molecules: stability, validity, novelty, distances."
STANDARD_OUTPUT = Path("-")


def configure(parser: Parser) -> None:
    """The flags of `evaluate`."""
    parser.add_argument(
        "what", type=values.path, metavar="FILE|RUN", help="molecules, or a run with samples.sdf"
    )
    parser.add_argument(
        "--reference",
        type=values.word,
        metavar="DATA",
        help="name or path of the molecules to compare with (default for a run: its data)",
    )
    parser.add_argument(
        "--json",
        type=values.path,
        metavar="FILE",
        nargs="?",
        const=STANDARD_OUTPUT,
        help="write JSON to FILE; - or nothing for standard output",
    )
    flags.add_overwrite(parser)


def run(arguments: argparse.Namespace) -> int:
    """Evaluate, print a table, and write JSON where wanted."""
    file = _json_file(arguments)
    evaluation = _evaluate(arguments)
    if file is not None:
        _write(file, evaluation)
    if arguments.json == STANDARD_OUTPUT:
        emit(to_json(evaluation.to_json()))
    else:
        emit(evaluation.table())
    return 0


def _json_file(arguments: argparse.Namespace) -> Path | None:
    file: Path | None = arguments.json
    if file is None or file == STANDARD_OUTPUT:
        return None
    check_output_file(file, overwrite=arguments.overwrite)
    return file


def _evaluate(arguments: argparse.Namespace) -> "Evaluation":
    molecules_file = _molecules_file(arguments.what)
    reference = arguments.reference or _data_of_run(molecules_file.parent)
    from eloss_plugins.metrics.evaluate import evaluate

    molecules = _read(molecules_file)
    if reference is None:
        note("Without --reference, novelty and distance errors are left out.")
        return evaluate(molecules)
    note(f"Compared with the training molecules of {reference}")
    return evaluate(molecules, _reference(reference, bonded=molecules.bonds is not None))


def _molecules_file(what: Path) -> Path:
    if not what.is_dir():
        check_readable(what)
        return what
    check_run_folder(what)
    file = what / "samples.sdf"
    if not file.is_file():
        raise UsageError(f"{what} has no samples yet. First: eloss sample {what} -n 1000")
    if _is_older_than_training(file, what):
        warn(f"{what} was trained further since {file.name} was made of it; eloss sample again")
    return file


def _is_older_than_training(file: Path, run_folder: Path) -> bool:
    # the newest by name: a run in training may remove any other at this moment
    newest = max((run_folder / "checkpoints").glob("step-*.pt"), default=None)
    return newest is not None and newest.stat().st_mtime_ns > file.stat().st_mtime_ns


def _data_of_run(folder: Path) -> str | None:
    """What the run that made the molecules was trained on."""
    try:
        return str(json.loads((folder / "config.json").read_text("utf-8"))["config"]["data"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _read(file: Path) -> "MoleculeSet":
    from eloss_plugins.data.readers import read_molecules

    return read_molecules(file)


def _reference(name: str, *, bonded: bool) -> "Reference":
    """The training molecules of a data set, with their bonds where those are to be compared."""
    from eloss_plugins.data.load import load
    from eloss_plugins.data.perception import with_bonds
    from eloss_plugins.metrics.evaluate import Reference

    train = load(name).split("train")
    return Reference.of(train, with_bonds(train) if bonded else None)


def _write(file: Path, evaluation: "Evaluation") -> None:
    from eloss_plugins.atomic_write import atomic_write_text

    file.parent.mkdir(parents=True, exist_ok=True)
    atomic_write_text(file, to_json(evaluation.to_json()) + "\n")
    note(f"Written to {file}")
