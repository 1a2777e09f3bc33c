"""xyz and extended xyz, one frame or many.

A frame is the number of atoms, a comment, and a line for each atom: `C 0.0 0.0 0.0`. When the
comment declares columns (`Properties=species:S:1:pos:R:3:...`), those are used.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eloss_plugins.data.molecules import Molecule, MoleculeSet
from eloss_plugins.data.readers.atoms import atomic_number, coordinates
from eloss_plugins.data.readers.source import TextFile, read_text
from eloss_plugins.errors import UsageError

_PROPERTIES = re.compile(r'\bProperties=("?)(\S+?)\1(?:\s|$)', re.IGNORECASE)
_NAME = re.compile(r'\bname=(?:"((?:\\.|[^"\\])*)"|(\S+))')
_SPECIES_COLUMNS = ("species", "element", "symbol", "symbols", "z", "numbers", "atomic_numbers")
_POSITION_COLUMNS = ("pos", "positions")
# The files of QM9 say `gdb 123` and end in frequencies, SMILES and InChI, a line each.
_QM9_COMMENT = re.compile(r"gdb\s+\d+\s")
_QM9_TRAILING_LINES = 3


@dataclass(frozen=True)
class Columns:
    """Where in an atom line the element and the first coordinate stand, and how long it is."""

    species: int = 0
    position: int = 1
    count: int = 4


def read_xyz(path: Path) -> MoleculeSet:
    """All frames of an xyz or extended xyz file, gzipped or not.

    Raises:
        UsageError: the file, line, what was expected and what was found.
    """
    return MoleculeSet.from_molecules(list(frames(read_text(path))))


def frames(text: TextFile) -> Iterator[Molecule]:
    """The frames one by one; blank lines between them are skipped."""
    line = _next_filled(text, 0)
    place = 0
    while line < len(text.lines):
        num_atoms = _count(text, line)
        yield _frame(text, line, num_atoms, place)
        end = line + 2 + num_atoms
        if _has_qm9_lines(text, line + 1, end):
            end += _QM9_TRAILING_LINES
        line = _next_filled(text, end)
        place += 1


def _has_qm9_lines(text: TextFile, comment: int, end: int) -> bool:
    """Whether QM9's own lines stand at `end`: other writers keep its comment and leave them out."""
    if not _QM9_COMMENT.match(text.lines[comment]):
        return False
    return end < len(text.lines) and not text.lines[end].strip().isdecimal()


def _next_filled(text: TextFile, line: int) -> int:
    while line < len(text.lines) and not text.lines[line].strip():
        line += 1
    return line


def _count(text: TextFile, line: int) -> int:
    written = text.lines[line].strip()
    if not written.isdecimal():
        raise UsageError(
            f"{text.at(line)}: expected the number of atoms of a frame; got {written[:40]!r}."
        )
    found = max(len(text.lines) - line - 2, 0)
    if found < int(written) or line + 1 == len(text.lines):
        raise UsageError(
            f"{text.at(line)}: expected {written} atom lines; the file ends after {found}. "
            "It may have been cut short."
        )
    return int(written)


def _frame(text: TextFile, line: int, num_atoms: int, place: int) -> Molecule:
    comment = text.lines[line + 1]
    columns = _columns(comment, text.at(line + 1))
    numbers = np.empty(num_atoms, np.int64)
    positions = np.empty((num_atoms, 3))
    first = line + 2
    for atom, row in enumerate(text.lines[first : first + num_atoms]):
        fields = row.split()
        if len(fields) < columns.count:
            raise _short(text, first + atom, columns)
        where = text.at(first + atom)
        numbers[atom] = atomic_number(fields[columns.species], where)
        positions[atom] = coordinates(fields[columns.position : columns.position + 3], where)
    return Molecule(positions, numbers, _name(comment) or f"{text.path.name}[{place}]")


def _short(text: TextFile, line: int, columns: Columns) -> UsageError:
    return UsageError(
        f"{text.at(line)}: expected an element and coordinates in {columns.count} columns; "
        f"got {text.lines[line][:60]!r}."
    )


def _columns(comment: str, where: str) -> Columns:
    """The columns that an extended xyz comment declares; plain ones without a declaration."""
    declared = _PROPERTIES.search(comment)
    if declared is None:
        return Columns()
    starts, count = _starts(declared[2], where)
    species = next((starts[name] for name in _SPECIES_COLUMNS if name in starts), None)
    position = next((starts[name] for name in _POSITION_COLUMNS if name in starts), None)
    if species is None or position is None:
        raise UsageError(
            f"{where}: expected the columns species and pos in Properties; got {declared[2]!r}."
        )
    return Columns(species, position, count)


def _starts(properties: str, where: str) -> tuple[dict[str, int], int]:
    """The first column of each property of `name:type:width:...`, and the number of columns."""
    parts = properties.split(":")
    if len(parts) % 3 or not all(width.isdecimal() for width in parts[2::3]):
        raise UsageError(f"{where}: expected Properties=name:type:columns:...; got {properties!r}.")
    starts, start = {}, 0
    for name, width in zip(parts[::3], parts[2::3], strict=True):
        starts[name.lower()] = start
        start += int(width)
    return starts, start


def _name(comment: str) -> str:
    """The name in a comment: its `name=`, or all of it when it is not a list of keys."""
    named = _NAME.search(comment)
    if named:
        return re.sub(r"\\(.)", r"\1", named[1]) if named[1] is not None else named[2]
    return "" if "=" in comment else comment.strip()
