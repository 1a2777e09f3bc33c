"""Mol blocks of V2000, in fixed columns. Source of the columns: BIOVIA, CTfile formats."""

from collections.abc import Iterator

from eloss_plugins.chem.elements import SYMBOLS
from eloss_plugins.data.readers.atoms import atomic_number, coordinates
from eloss_plugins.data.readers.mol_block import MOST_CHARGE, Atom, Bond, MolBlock, bonds_of, cut
from eloss_plugins.data.readers.source import TextFile
from eloss_plugins.errors import UsageError

CHARGE_CODES = {"": 0, "0": 0, "1": 3, "2": 2, "3": 1, "4": 0, "5": -1, "6": -2, "7": -3}
"""Formal charges by the code in an atom's line; 4 is an unpaired electron."""

CHARGES, RADICALS, END = "M  CHG", "M  RAD", "M  END"
_CHARGE_COLUMNS = slice(36, 39)
_NO_CODE = ("  0", "", "   ")
_NUMBERS = {symbol.ljust(3): number for number, symbol in enumerate(SYMBOLS)}


def read_v2000(text: TextFile, counts: int, end: int, *, with_bonds: bool) -> MolBlock:
    """The block whose counts stand at line `counts`, of a record that ends before `end`.

    Raises:
        UsageError: the file, line, what was expected and what was found.
    """
    num_atoms = _count(text, counts, slice(0, 3))
    first, last = counts + 1, counts + 1 + num_atoms
    if last > end:
        raise cut(text, counts, num_atoms, end - first)
    atoms = [_atom(text, line) for line in range(first, last)]
    if not with_bonds:
        return MolBlock(atoms, None)
    num_bonds = _count(text, counts, slice(3, 6))
    if last + num_bonds > end:
        raise cut(text, counts, num_bonds, end - last, "bonds")
    rows = _bonds(text, last, last + num_bonds)
    bonds = bonds_of(text, rows, range(last, last + num_bonds), num_atoms)
    return MolBlock(atoms, bonds, _charges(text, first, last, last + num_bonds, end))


def _count(text: TextFile, line: int, columns: slice) -> int:
    """Atoms or bonds in the counts line; no number of bonds is none."""
    written = text.lines[line][columns].strip()
    if written.isdecimal():
        return int(written)
    if not written and columns.start:
        return 0
    raise UsageError(
        f"{text.at(line)}: expected counts of atoms and bonds, as in '  5  4  0 ... V2000'; "
        f"got {text.lines[line][:40]!r}."
    )


def _atom(text: TextFile, line: int) -> Atom:
    """Ten columns for each coordinate, then a blank and the symbol."""
    row = text.lines[line]
    try:  # what all but odd files have, without a look at what may be odd
        return _NUMBERS[row[31:34]], (float(row[0:10]), float(row[10:20]), float(row[20:30]))
    except (KeyError, ValueError):
        return _odd_atom(row, text.at(line))


def _odd_atom(row: str, where: str) -> Atom:
    symbol = row[31:34].strip()
    if not symbol or symbol.isdecimal():
        raise UsageError(f"{where}: expected coordinates and an element; got {row[:60]!r}.")
    position = coordinates([row[0:10], row[10:20], row[20:30]], where)
    return atomic_number(symbol, where), position


def _bonds(text: TextFile, first: int, last: int) -> list[Bond]:
    """Three columns each for two atoms and the type."""
    bonds: list[Bond] = []
    rows = text.lines[first:last]
    try:
        for row in rows:
            bonds.append((int(row[0:3]) - 1, int(row[3:6]) - 1, int(row[6:9])))
    except ValueError:
        raise UsageError(
            f"{text.at(first + len(bonds))}: expected two atoms and the type of their bond; "
            f"got {rows[len(bonds)][:40]!r}."
        ) from None
    return bonds


def _charges(text: TextFile, first: int, last: int, bonds_end: int, end: int) -> dict[int, int]:
    """Those of the property lines; where there are none, those of the atoms' lines."""
    listed: dict[int, int] | None = None
    for line in range(bonds_end, end):
        content = text.lines[line]
        if content.startswith(END):
            break
        if content.startswith((CHARGES, RADICALS)):
            listed = {} if listed is None else listed
            if content.startswith(CHARGES):
                listed.update(_listed(text, line, last - first))
    if listed is not None:
        return listed
    rows = enumerate(text.lines[first:last])
    coded = [place for place, row in rows if row[_CHARGE_COLUMNS] not in _NO_CODE]
    return {place: _coded(text, first + place) for place in coded}


def _listed(text: TextFile, line: int, num_atoms: int) -> Iterator[tuple[int, int]]:
    """Pairs of atom and charge, up to eight in a line."""
    fields = text.lines[line].removeprefix(CHARGES).split()
    try:
        count, *numbers = map(int, fields)
        if count < 0 or len(numbers) != 2 * count:
            raise ValueError(count)
        if any(abs(charge) > MOST_CHARGE for charge in numbers[1::2]):
            raise ValueError(numbers)
    except ValueError:
        raise UsageError(
            f"{text.at(line)}: expected a count and as many pairs of atom and charge; "
            f"got {text.lines[line][:60]!r}."
        ) from None
    for atom, charge in zip(numbers[::2], numbers[1::2], strict=True):
        if not 0 < atom <= num_atoms:
            raise UsageError(
                f"{text.at(line)}: expected the charge of one of {num_atoms} atoms; "
                f"got that of atom {atom}."
            )
        yield atom - 1, charge


def _coded(text: TextFile, line: int) -> int:
    code = text.lines[line][_CHARGE_COLUMNS].strip()
    if code not in CHARGE_CODES:
        raise UsageError(f"{text.at(line)}: expected a charge's code from 0 to 7; got {code!r}.")
    return CHARGE_CODES[code]
