"""Mol blocks of V3000, in fields. Source of the fields: BIOVIA, CTfile formats."""

from collections.abc import Iterator, Mapping

from eloss_plugins.data.readers.atoms import atomic_number, coordinates
from eloss_plugins.data.readers.mol_block import MOST_CHARGE, Atom, Bond, MolBlock, bonds_of, cut
from eloss_plugins.data.readers.source import TextFile
from eloss_plugins.errors import UsageError

PREFIX = "M  V30 "
CHARGE = "CHG="

Line = tuple[int, list[str]]


def read_v3000(text: TextFile, counts: int, end: int, *, with_bonds: bool) -> MolBlock:
    """The block that follows line `counts`, of a record that ends before `end`.

    Raises:
        UsageError: the file, line, what was expected and what was found.
    """
    lines = list(_lines(text, counts + 1, end))
    num_atoms, num_bonds = _counts(text, counts, lines)
    rows = list(_within("ATOM", lines))
    atoms = [_atom(text, *row) for row in rows]
    if len(atoms) != num_atoms:
        raise cut(text, counts, num_atoms, len(atoms))
    if not with_bonds:
        return MolBlock(atoms, None)
    places = {fields[0]: place for place, (_, fields) in enumerate(rows)}
    bonded = list(_within("BOND", lines))
    if len(bonded) != num_bonds:
        raise cut(text, counts, num_bonds, len(bonded), "bonds")
    bonds = [_bond(text, *row, places) for row in bonded]
    charges = dict(pair for place, row in enumerate(rows) for pair in _charge(text, place, *row))
    return MolBlock(atoms, bonds_of(text, bonds, [line for line, _ in bonded], num_atoms), charges)


def _lines(text: TextFile, start: int, end: int) -> Iterator[Line]:
    """The lines of a block in fields; a line that ends in `-` goes on in the next."""
    carried = ""
    for line in range(start, end):
        content = text.lines[line]
        if not content.startswith(PREFIX):
            continue
        carried += content.removeprefix(PREFIX)
        if carried.endswith("-"):
            carried = carried[:-1]
            continue
        if carried.split():
            yield line, carried.split()
        carried = ""


def _counts(text: TextFile, counts: int, lines: list[Line]) -> tuple[int, int]:
    """How many atoms and bonds the block says to have."""
    for line, fields in lines:
        if fields[0] != "COUNTS":
            continue
        if len(fields) < 3 or not (fields[1].isdecimal() and fields[2].isdecimal()):
            raise UsageError(
                f"{text.at(line)}: expected counts of atoms and bonds; got {' '.join(fields)!r}."
            )
        return int(fields[1]), int(fields[2])
    raise UsageError(f"{text.at(counts)}: expected a line 'M  V30 COUNTS ...'; got none.")


def _within(kind: str, lines: list[Line]) -> Iterator[Line]:
    """The lines between BEGIN and END of a kind."""
    inside = False
    for line, fields in lines:
        if fields[:2] in (["BEGIN", kind], ["END", kind]):
            inside = fields[0] == "BEGIN"
        elif inside:
            yield line, fields


def _atom(text: TextFile, line: int, fields: list[str]) -> Atom:
    """Name, symbol and coordinates, then options."""
    where = text.at(line)
    if len(fields) < 5:
        raise UsageError(f"{where}: expected place, element and coordinates; got {fields}.")
    position = coordinates(fields[2:5], where)
    return atomic_number(fields[1], where), position


def _bond(text: TextFile, line: int, fields: list[str], places: Mapping[str, int]) -> Bond:
    """Name, type and the names of two atoms, then options."""
    try:
        _, kind, first, second = fields[:4]
        return places[first], places[second], int(kind)
    except (ValueError, KeyError):
        raise UsageError(
            f"{text.at(line)}: expected a place, the type of a bond and two atoms of the block; "
            f"got {' '.join(fields)!r}."
        ) from None


def _charge(text: TextFile, place: int, line: int, fields: list[str]) -> Iterator[tuple[int, int]]:
    for option in fields[5:]:
        if option.upper().startswith(CHARGE):
            try:
                charge = int(option[len(CHARGE) :])
                if abs(charge) > MOST_CHARGE:
                    raise ValueError(charge)
            except ValueError:
                raise UsageError(
                    f"{text.at(line)}: expected a formal charge after CHG=; got {option!r}."
                ) from None
            yield place, charge
