"""Molecules as MDL mol blocks, with their own bonds, else with those that distances give.

Bonds that a file or a model stated and bonds that were found here must not be mixed up when the
file is read again, so records of the second kind say so in a data field.

Written here and not by RDKit, because a generated molecule that RDKit refuses must come out too.
V2000 is what every program reads; where its columns are too narrow (over 999 atoms, coordinates
that are not finite or beyond four digits) the block is V3000, which RDKit reads alike.
Source of the columns: BIOVIA, CTfile formats.
"""

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.chem.bonds import find_bonds
from eloss_plugins.chem.elements import symbol_of
from eloss_plugins.chem.xyz import one_line
from eloss_plugins.data.bond_list import AROMATIC, BondList
from eloss_plugins.data.molecules import Molecule

MOST_V2000 = 999
"""Atoms or bonds that V2000's three columns can count."""

LARGEST_V2000 = 9999.0
"""Coordinates that V2000's ten columns hold on either side of zero, angstrom."""

MAX_NAME = 80
"""Characters of the title line."""

PROGRAM = "eloss"
BONDS_FIELD, FROM_DISTANCES = "<bonds>", "from distances"
"""The data field of a record whose bonds nobody stated, and its value."""

AROMATIC_TYPE = 4
"""What stands in a block for an order of 1.5."""

CHARGES_A_LINE = 8


def sdf_record(molecule: Molecule) -> str:
    """One record of an SD file; never refuses a molecule, broken as it may be.

    Args:
        molecule: atoms in angstrom; unknown elements are written as `*`. Without bonds of its own
            it gets those of the distance rule, marked as such.
    """
    stated = molecule.bonds is not None
    bonds = find_bonds(molecule) if molecule.bonds is None else molecule.bonds
    block = _v2000(molecule, bonds) if _fits_v2000(molecule, bonds) else _v3000(molecule, bonds)
    title = one_line(molecule.name)[:MAX_NAME]
    head = [title, f"  {PROGRAM:<8}          3D", ""]
    mark = [] if stated else [f"> {BONDS_FIELD}", FROM_DISTANCES, ""]
    return "\n".join([*head, *block, "M  END", *mark, "$$$$"]) + "\n"


def _fits_v2000(molecule: Molecule, bonds: BondList) -> bool:
    return (
        max(len(molecule), len(bonds)) <= MOST_V2000
        and bool(np.isfinite(molecule.positions).all())
        and bool((np.abs(molecule.positions) < LARGEST_V2000).all())
    )


def _v2000(molecule: Molecule, bonds: BondList) -> list[str]:
    counts = f"{len(molecule):3d}{len(bonds):3d}  0  0  0  0  0  0  0  0999 V2000"
    atoms = [
        f"{x:10.4f}{y:10.4f}{z:10.4f} {symbol:<3} 0  0  0  0  0  0  0  0  0  0  0  0"
        for symbol, (x, y, z) in _atoms(molecule)
    ]
    rows = [f"{first:3d}{second:3d}{kind:3d}  0" for first, second, kind in _rows(bonds)]
    return [counts, *atoms, *rows, *_charge_lines(_charges(molecule))]


def _charge_lines(charges: dict[int, int]) -> list[str]:
    """Property lines with the formal charges other than zero, by atom, from 0."""
    cells = [f" {atom + 1:3d} {charge:3d}" for atom, charge in charges.items()]
    starts = range(0, len(cells), CHARGES_A_LINE)
    parts = [cells[start : start + CHARGES_A_LINE] for start in starts]
    return [f"M  CHG{len(part):3d}{''.join(part)}" for part in parts]


def _v3000(molecule: Molecule, bonds: BondList) -> list[str]:
    charges = {atom: f" CHG={charge}" for atom, charge in _charges(molecule).items()}
    atoms = [
        f"M  V30 {place + 1} {symbol} {x!r} {y!r} {z!r} 0{charges.get(place, '')}"
        for place, (symbol, (x, y, z)) in enumerate(_atoms(molecule))
    ]
    rows = [
        f"M  V30 {place} {kind} {first} {second}"
        for place, (first, second, kind) in enumerate(_rows(bonds), start=1)
    ]
    return [
        "  0  0  0     0  0            999 V3000",
        "M  V30 BEGIN CTAB",
        f"M  V30 COUNTS {len(molecule)} {len(bonds)} 0 0 0",
        *["M  V30 BEGIN ATOM", *atoms, "M  V30 END ATOM"],
        *(["M  V30 BEGIN BOND", *rows, "M  V30 END BOND"] if rows else []),
        "M  V30 END CTAB",
    ]


def _atoms(molecule: Molecule) -> list[tuple[str, list[float]]]:
    positions: NDArray[np.float64] = molecule.positions
    symbols = [symbol_of(number) for number in molecule.numbers.tolist()]
    return list(zip(symbols, positions.tolist(), strict=True))


def _rows(bonds: BondList) -> list[tuple[int, int, int]]:
    """Two atoms, from 1, and the number of the type of each bond."""
    pairs = (bonds.pairs + 1).tolist()
    kinds = np.where(bonds.orders == AROMATIC, AROMATIC_TYPE, bonds.orders).astype(int).tolist()
    return [(first, second, kind) for (first, second), kind in zip(pairs, kinds, strict=True)]


def _charges(molecule: Molecule) -> dict[int, int]:
    """Formal charges other than zero, by atom."""
    if molecule.formal_charges is None:
        return {}
    places = np.flatnonzero(molecule.formal_charges)
    return dict(zip(places.tolist(), molecule.formal_charges[places].tolist(), strict=True))
