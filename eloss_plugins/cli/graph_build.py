"""`eloss graph build`: the graph of every molecule, where training finds it and in a file."""

import argparse
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from shlex import quote

from eloss_plugins.cli import graph_text
from eloss_plugins.cli.graph_data import Chosen, chosen, structures_of
from eloss_plugins.cli.graph_recipe import loss_options_of, recipe_of
from eloss_plugins.cli.output import emit, emit_json, note
from eloss_plugins.cli.places import check_output_file
from eloss_plugins.errors import EnvironmentProblem, Refused, UsageError
from eloss_plugins.graphs import portable
from eloss_plugins.graphs.cache.folder import graph_folder, path_of, trusted
from eloss_plugins.graphs.cache.key import key_of
from eloss_plugins.graphs.cache.store import graphs_of
from eloss_plugins.graphs.cache.structures import Structures
from eloss_plugins.graphs.recipe import Recipe
from eloss_plugins.graphs.rigid.graph import RigidGraph
from eloss_plugins.graphs.summary import summary_of
from eloss_plugins.progress import progress

ENDING = ".npz"


def run(arguments: argparse.Namespace) -> int:
    """Build, keep, write where wanted, and say what the graphs are like."""
    _check_place(arguments.out, arguments.overwrite)
    recipe = recipe_of(arguments)
    found = chosen(arguments.data)
    made = _made(found, recipe)
    if arguments.out is not None:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        molecules = found.molecules
        structures = structures_of(molecules)
        portable.write(arguments.out, structures, molecules.names, made.graphs, recipe)
    summary = summary_of(made.graphs)
    if arguments.json:
        options = {"core": recipe.core, "symmetry": recipe.symmetry, **asdict(recipe.options)}
        places = {"kept": made.kept, "file": arguments.out}
        content = graph_text.summary_entries(summary, found.molecules)
        seconds = {"seconds_per_molecule": made.seconds_each}
        emit_json({"data": arguments.data, **content, **seconds, "options": options, **places})
    else:
        emit(graph_text.built(summary, found.molecules, made.seconds_each))
        _tell(arguments, made)
    return 1 if summary.not_certified else 0


@dataclass(frozen=True, eq=False)
class _Made:
    """Graphs in the order of the molecules.

    Attributes:
        graphs: one for each.
        seconds_each: time of a molecule; None where all were on disk already.
        kept: files that training reads.
        for_training: whether the molecules are enough to train on.
    """

    graphs: list[RigidGraph]
    seconds_each: float | None
    kept: tuple[Path, ...]
    for_training: bool


def _check_place(file: Path | None, overwrite: bool) -> None:
    if file is None:
        return
    if file.suffix != ENDING:
        raise UsageError(f"--out writes an archive whose name ends in {ENDING}; got {str(file)!r}")
    check_output_file(file, overwrite=overwrite)


def _made(found: Chosen, recipe: Recipe) -> _Made:
    graphs: dict[int, RigidGraph] = {}
    seconds, built, kept = 0.0, 0, []
    for places in found.parts:
        structures = structures_of(found.molecules.subset(places))
        file = _file_of(structures, recipe)
        before = _stamp(file)
        if before is None and len(structures):
            _warm_up(structures, recipe)
        began = time.perf_counter()
        graphs |= zip(places.tolist(), graphs_of(structures, recipe), strict=True)
        if before is None or before != _stamp(file):
            seconds, built = seconds + time.perf_counter() - began, built + len(places)
        kept += [file] if file is not None and file.is_file() else []
    ordered = [graphs[place] for place in range(len(found.molecules))]
    return _Made(ordered, seconds / built if built else None, tuple(kept), len(found.parts) > 1)


def _warm_up(structures: Structures, recipe: Recipe) -> None:
    """Compile what is compiled, which is no part of the time that a molecule takes."""
    with progress("getting ready", None):
        recipe(structures[0])


def _file_of(structures: Structures, recipe: Recipe) -> Path | None:
    """Where the graphs are kept; None where they are not, of which `graphs_of` tells."""
    try:
        return path_of(trusted(graph_folder()), key_of(structures, recipe))
    except (Refused, EnvironmentProblem, OSError):
        return None


def _stamp(file: Path | None) -> tuple[int, int] | None:
    """What changes when a file is made anew; None where there is none."""
    try:
        found = file.stat() if file is not None else None
    except OSError:
        return None
    return None if found is None else (found.st_ino, found.st_mtime_ns)


def _tell(arguments: argparse.Namespace, made: _Made) -> None:
    if arguments.out is not None:
        note(f"Written to {arguments.out}")
    if made.kept and made.for_training:
        note(f"Kept for training in {made.kept[0].parent}. To train with them:")
        emit(
            f"eloss train gdm --loss-plugin energy --data {quote(arguments.data)} "
            f"--loss-options {loss_options_of(arguments)}"
        )
