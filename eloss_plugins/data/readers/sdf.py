"""SD files and single mol blocks, V2000 and V3000. Source of the columns: BIOVIA, CTfile formats.

Bonds and formal charges of a record are the molecule's, unless the record says that they were found
by distance, as this package's writer does where no model stated any.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from eloss_plugins.chem.sdf import BONDS_FIELD, FROM_DISTANCES, PROGRAM
from eloss_plugins.data.molecules import Molecule, MoleculeSet
from eloss_plugins.data.readers.source import TextFile, read_text
from eloss_plugins.data.readers.v2000 import read_v2000
from eloss_plugins.data.readers.v3000 import read_v3000
from eloss_plugins.errors import UsageError

END_OF_RECORD = "$$$$"
COUNTS_LINE = 3  # from 0, after title, program and comment


def read_sdf(path: Path) -> MoleculeSet:
    """All records of an SD file, or the one of a mol file.

    Raises:
        UsageError: the file, line, what was expected and what was found.
    """
    text = read_text(path)
    spans = enumerate(_records(text))
    molecules = [_record(text, *span, place) for place, span in spans]
    read = MoleculeSet.from_molecules(molecules)
    if _states_bonds(text, molecules):
        return read
    return replace(read, bonds=None, formal_charges=None)


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
    counts = start + COUNTS_LINE
    read = read_v3000 if "V3000" in text.lines[counts] else read_v2000
    block = read(text, counts, end, with_bonds=not _found_by_distance(text, counts, end))
    return block.molecule(text.lines[start].strip() or f"{text.path.name}[{place}]")


def _found_by_distance(text: TextFile, start: int, end: int) -> bool:
    """Whether our own writer found the record's bonds, which nobody stated then."""
    lines = text.lines[start:end]
    if FROM_DISTANCES not in lines:
        return False
    header = lines[lines.index(FROM_DISTANCES) - 1]
    return header.startswith(">") and BONDS_FIELD in header


def _states_bonds(text: TextFile, molecules: list[Molecule]) -> bool:
    """Whether a file in which nothing is bonded means to say so: a model may, a converter not."""
    if text.lines[1][2:10].strip() == PROGRAM:
        return True
    return any(molecule.bonds for molecule in molecules) or all(len(m) < 2 for m in molecules)
