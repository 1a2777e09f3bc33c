"""Molecules as text in the xyz and extended xyz formats."""

from eloss_plugins.chem.elements import symbol_of
from eloss_plugins.data.molecules import Molecule

DECIMALS = 8
"""Of coordinates, angstrom: far below the margins of any rule that reads them back."""

NO_ELEMENT = "X"
"""What readers of xyz take for an atom of no element."""


def xyz_block(molecule: Molecule) -> str:
    """One frame: the number of atoms, the name, and a line for each atom in angstrom."""
    return _frame(molecule, one_line(molecule.name))


def extxyz_block(molecule: Molecule) -> str:
    """One frame of extended xyz, with the columns declared and the name as a quoted key."""
    name = one_line(molecule.name).replace("\\", "\\\\").replace('"', '\\"')
    return _frame(molecule, f'Properties=species:S:1:pos:R:3 name="{name}" pbc="F F F"')


def one_line(text: str) -> str:
    """`text` without line breaks or other control characters."""
    return "".join(c if c.isprintable() else " " for c in text).strip()


def _frame(molecule: Molecule, comment: str) -> str:
    rows = zip(molecule.numbers.tolist(), molecule.positions.tolist(), strict=True)
    lines = [_atom(number, position) for number, position in rows]
    return "\n".join([str(len(molecule)), comment, *lines]) + "\n"


def _atom(number: int, position: list[float]) -> str:
    coordinates = " ".join(f"{value:.{DECIMALS}f}" for value in position)
    symbol = symbol_of(number).replace("*", NO_ELEMENT)
    return f"{symbol} {coordinates}"
