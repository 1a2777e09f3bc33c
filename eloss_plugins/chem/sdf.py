"""Molecules as MDL mol blocks, with the bonds that distances give.

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
from eloss_plugins.data.bond_list import BondList
from eloss_plugins.data.molecules import Molecule

MOST_V2000 = 999
"""Atoms or bonds that V2000's three columns can count."""

LARGEST_V2000 = 9999.0
"""Coordinates that V2000's ten columns hold on either side of zero, angstrom."""

MAX_NAME = 80
"""Characters of the title line."""


def sdf_record(molecule: Molecule, bonds: BondList | None = None) -> str:
    """One record of an SD file; never refuses a molecule, broken as it may be.

    Args:
        molecule: atoms in angstrom; unknown elements are written as `*`.
        bonds: its bonds; None takes those of the distance rule.
    """
    bonds = find_bonds(molecule) if bonds is None else bonds
    block = _v2000(molecule, bonds) if _fits_v2000(molecule, bonds) else _v3000(molecule, bonds)
    title = one_line(molecule.name)[:MAX_NAME]
    return "\n".join([title, "  eloss             3D", "", *block, "M  END", "$$$$"]) + "\n"


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
    rows = [f"{first:3d}{second:3d}{order:3d}  0" for first, second, order in _rows(bonds)]
    return [counts, *atoms, *rows]


def _v3000(molecule: Molecule, bonds: BondList) -> list[str]:
    atoms = [
        f"M  V30 {place} {symbol} {x!r} {y!r} {z!r} 0"
        for place, (symbol, (x, y, z)) in enumerate(_atoms(molecule), start=1)
    ]
    rows = [
        f"M  V30 {place} {order} {first} {second}"
        for place, (first, second, order) in enumerate(_rows(bonds), start=1)
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
    pairs = (bonds.pairs + 1).tolist()
    orders = bonds.orders.astype(np.int64).tolist()
    return [(a, b, order) for (a, b), order in zip(pairs, orders, strict=True)]
