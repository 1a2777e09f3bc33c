"""`eloss graph show`: what the graph of one molecule is, in words and as a picture."""

import argparse
from pathlib import Path
from typing import BinaryIO

from eloss_plugins.atomic_write import atomic_write
from eloss_plugins.chem.bonds import find_bonds
from eloss_plugins.cli import graph_text
from eloss_plugins.cli.graph_data import chosen
from eloss_plugins.cli.graph_portrait import Portrait, portrait_of
from eloss_plugins.cli.graph_recipe import recipe_of
from eloss_plugins.cli.output import emit, emit_json, note
from eloss_plugins.cli.places import check_output_file
from eloss_plugins.data.bond_list import BondList
from eloss_plugins.data.molecules import Molecule
from eloss_plugins.errors import UsageError

FORMATS = {".svg": "svg", ".png": "png"}


def run(arguments: argparse.Namespace) -> int:
    """Build the graph of one molecule, explain it, and draw it where wanted."""
    _check_place(arguments.output, arguments.overwrite)
    recipe = recipe_of(arguments)
    molecule = _molecule(arguments)
    portrait = portrait_of(molecule, recipe)
    if arguments.output is not None:
        _draw(arguments.output, portrait)
    if arguments.json:
        head = {"data": arguments.data, "molecule": arguments.molecule, "name": molecule.name}
        emit_json(head | graph_text.portrait_entries(portrait) | {"file": arguments.output})
    else:
        emit(graph_text.portrait(portrait, arguments.molecule))
        if arguments.output is not None:
            note(f"Drawn to {arguments.output}")
    return 0


def _check_place(file: Path | None, overwrite: bool) -> None:
    if file is None:
        return
    if file.suffix.lower() not in FORMATS:
        raise UsageError(f"a picture ends in {' or '.join(FORMATS)}; got {file.name!r}")
    check_output_file(file, overwrite=overwrite)


def _molecule(arguments: argparse.Namespace) -> Molecule:
    molecules = chosen(arguments.data).molecules
    if arguments.molecule >= len(molecules):
        raise UsageError(
            f"{arguments.data} has {len(molecules)} molecules, counted from 0 to "
            f"{len(molecules) - 1}; got --molecule {arguments.molecule}"
        )
    return molecules[arguments.molecule]


def _draw(file: Path, portrait: Portrait) -> None:
    from eloss_plugins.report.graph_picture import picture

    bonds: BondList = find_bonds(portrait.molecule)
    data = picture(portrait.molecule, portrait.graph, bonds, FORMATS[file.suffix.lower()])
    file.parent.mkdir(parents=True, exist_ok=True)

    def fill(stream: BinaryIO) -> None:
        stream.write(data)

    atomic_write(file, fill)
