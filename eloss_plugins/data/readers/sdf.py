"""SD files and single mol blocks, V2000 and V3000. Source of the columns: BIOVIA, CTfile formats.

Atoms and coordinates alone are read: bonds follow from distances everywhere in this package.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from eloss_plugins.data.molecules import Molecule, MoleculeSet
from eloss_plugins.data.readers.atoms import atomic_number, coordinates
from eloss_plugins.data.readers.source import TextFile, read_text
from eloss_plugins.errors import UsageError

END_OF_RECORD = "$$$$"
COUNTS_LINE = 3  # from 0, after title, program and comment
V3000_PREFIX = "M  V30 "

Atom = tuple[int, tuple[float, float, float]]


def read_sdf(path: Path) -> MoleculeSet:
    """All records of an SD file, or the one of a mol file.

    Raises:
        UsageError: the file, line, what was expected and what was found.
    """
    text = read_text(path)
    spans = enumerate(_records(text))
    return MoleculeSet.from_molecules([_record(text, *span, place) for place, span in spans])


def _records(text: TextFile) -> Iterator[tuple[int, int]]:
    """First line and end of each record; what follows the last `$$$$` counts when it has text."""
    start = 0
    for line, content in enumerate(text.lines):
        if content.startswith(END_OF_RECORD):
            yield start, line
            start = line + 1
    if any(content.strip() for content in text.lines[start:]):
        yield start, len(text.lines)


def _record(text: TextFile, start: int, end: int, place: int) -> Molecule:
    if end - start <= COUNTS_LINE:
        raise UsageError(
            f"{text.at(start)}: expected a mol block of title, two header lines and counts; "
            f"got {end - start} lines."
        )
    if text.lines[start + 1][20:22].upper() == "2D":
        raise UsageError(
            f"{text.at(start + 1)}: expected 3D coordinates; got those of a 2D drawing. "
            "Make conformers first, for example with RDKit's EmbedMolecule."
        )
    counts = text.lines[start + COUNTS_LINE]
    read = _v3000 if "V3000" in counts else _v2000
    atoms = list(read(text, start + COUNTS_LINE, end))
    name = text.lines[start].strip() or f"{text.path.name}[{place}]"
    positions = np.array([position for _, position in atoms]).reshape(-1, 3)
    return Molecule(positions, np.array([number for number, _ in atoms], np.int64), name)


def _v2000(text: TextFile, counts: int, end: int) -> Iterator[Atom]:
    """Atoms in fixed columns: ten for each coordinate, then a blank and the symbol."""
    written = text.lines[counts][:3].strip()
    if not written.isdecimal():
        raise UsageError(
            f"{text.at(counts)}: expected counts of atoms and bonds, as in '  5  4  0 ... V2000'; "
            f"got {text.lines[counts][:40]!r}."
        )
    first, last = counts + 1, counts + 1 + int(written)
    if last > end:
        raise _cut(text, counts, int(written), end - first)
    for line in range(first, last):
        row, where = text.lines[line], text.at(line)
        symbol = row[31:34].strip()
        if not symbol or symbol.isdecimal():
            raise UsageError(f"{where}: expected coordinates and an element; got {row[:60]!r}.")
        position = coordinates([row[0:10], row[10:20], row[20:30]], where)
        yield atomic_number(symbol, where), position


def _v3000(text: TextFile, counts: int, end: int) -> Iterator[Atom]:
    """Atoms between BEGIN ATOM and END ATOM: place, symbol, coordinates, then options."""
    expected, found, inside = None, 0, False
    for line, fields in _v3000_lines(text, counts + 1, end):
        if fields[0] == "COUNTS" and len(fields) > 1 and fields[1].isdecimal():
            expected = int(fields[1])
        elif fields[:2] in (["BEGIN", "ATOM"], ["END", "ATOM"]):
            inside = fields[0] == "BEGIN"
        elif inside:
            where = text.at(line)
            if len(fields) < 5:
                raise UsageError(f"{where}: expected place, element and coordinates; got {fields}.")
            found += 1
            yield atomic_number(fields[1], where), coordinates(fields[2:5], where)
    if expected is None:
        raise UsageError(f"{text.at(counts)}: expected a line 'M  V30 COUNTS ...'; got none.")
    if found != expected:
        raise _cut(text, counts, expected, found)


def _v3000_lines(text: TextFile, start: int, end: int) -> Iterator[tuple[int, list[str]]]:
    """The lines of a V3000 block in fields; a line that ends in `-` goes on in the next."""
    carried = ""
    for line in range(start, end):
        content = text.lines[line]
        if not content.startswith(V3000_PREFIX):
            continue
        carried += content.removeprefix(V3000_PREFIX)
        if carried.endswith("-"):
            carried = carried[:-1]
            continue
        if carried.split():
            yield line, carried.split()
        carried = ""


def _cut(text: TextFile, line: int, expected: int, found: int) -> UsageError:
    return UsageError(
        f"{text.at(line)}: expected {expected} atoms; got {found} before the record ends. "
        "It may have been cut short."
    )
