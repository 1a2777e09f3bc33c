"""Linear molecules, chains, and molecules along one bond."""

import math

import numpy as np

from eloss_plugins.graphs.specimens.parts import (
    CC,
    CH,
    TETRAHEDRAL_CONE,
    Atom,
    Vector,
    X,
    Y,
    Z,
    across,
    cone,
    methyl,
    molecule,
    of,
    phenyl,
    thirds,
    unit,
)
from eloss_plugins.graphs.structure import Structure


def linear(symbols: list[str], lengths: list[float]) -> Structure:
    """Atoms on the z axis, neighbours bonded."""
    heights = np.concatenate([[0.0], np.cumsum(lengths)])
    bonds = np.column_stack([np.arange(len(lengths)), np.arange(1, len(symbols))])
    atoms = [(symbol, height * Z) for symbol, height in zip(symbols, heights, strict=True)]
    return molecule(atoms, bonds)


def hydrogen_cyanide() -> Structure:
    """HCN."""
    return linear(["H", "C", "N"], [1.07, 1.16])


def carbon_dioxide() -> Structure:
    """CO2."""
    return linear(["O", "C", "O"], [1.16, 1.16])


def acetylene() -> Structure:
    """C2H2."""
    return linear(["H", "C", "C", "H"], [1.06, 1.20, 1.06])


def butadiyne() -> Structure:
    """C4H2, linear."""
    return linear(["H", "C", "C", "C", "C", "H"], [1.06, 1.21, 1.37, 1.21, 1.06])


def ethane(torsion: float) -> Structure:
    """C2H6; `torsion` in degrees, 60 for the staggered, 0 for the eclipsed form."""
    top = methyl(CC / 2 * Z, Z, X, 0.0)
    return molecule([*top, *methyl(-CC / 2 * Z, -Z, X, torsion)])


def octatriyne(torsion: float) -> Structure:
    """C8H6, methyl groups at the ends of a rod of six carbon atoms, turned by `torsion` degrees."""
    top = methyl(4.645 * Z, Z, X, 0.0)
    bottom = methyl(-4.645 * Z, -Z, X, torsion)
    inner = [sign * height * Z for height in (0.605, 1.975, 3.185) for sign in (1, -1)]
    return molecule([*top, *bottom, *of("C", inner)])


def hydrogen_peroxide() -> Structure:
    """H2O2, a twisted chain."""
    atoms: list[Atom] = []
    for sign, turn in ((1, 0.0), (-1, 111.5)):
        oxygen = sign * 0.735 * Z
        aside = math.cos(math.radians(turn)) * X + math.sin(math.radians(turn)) * Y
        atoms += [("O", oxygen), ("H", oxygen + 0.95 * unit(0.1 * sign * Z + aside))]
    return molecule(atoms)


def ethylene() -> Structure:
    """C2H4, planar."""
    return molecule([*_methylene(0.665 * Z, Z, X), *_methylene(-0.665 * Z, -Z, X)])


def allene() -> Structure:
    """C3H4, its ends at right angles."""
    ends = [*_methylene(1.31 * Z, Z, X), *_methylene(-1.31 * Z, -Z, Y)]
    return molecule([("C", 0 * Z), *ends])


def _methylene(carbon: Vector, axis: Vector, aside: Vector) -> list[Atom]:
    hydrogens = [carbon + CH * (0.5 * axis + side * math.sqrt(0.75) * aside) for side in (1, -1)]
    return [("C", carbon), *of("H", hydrogens)]


def dichlorodifluoroethane() -> Structure:
    """CHFCl-CHFCl, the meso form with chlorine opposite to chlorine: a centre and nothing else."""
    atoms: list[Atom] = []
    for sign in (1, -1):
        carbon = sign * CC / 2 * Z
        atoms.append(("C", carbon))
        for symbol, length, turn in (("Cl", 1.77, 0), ("F", 1.37, 120), ("H", CH, 240)):
            tip = cone(CC / 2 * Z, Z, X, length, [turn])[0]
            atoms.append((symbol, sign * tip))
    return molecule(atoms)


def biphenyl() -> Structure:
    """C12H10, its rings turned by 45 degrees."""
    turned = math.sqrt(0.5) * (X + Y)
    return molecule([*phenyl(0.745 * Z, Z, X), *phenyl(-0.745 * Z, -Z, turned)])


def bis_phenylethynyl_benzene() -> Structure:
    """C22H14, three benzene rings in a row with triple bonds between them, planar."""
    atoms: list[Atom] = []
    for k in range(6):
        out = math.cos(math.pi * k / 3) * Z + math.sin(math.pi * k / 3) * X
        atoms.append(("C", 1.39 * out))
        if k % 3:
            atoms.append(("H", 2.48 * out))
    for axis in (Z, -Z):
        atoms += of("C", [2.82 * axis, 4.02 * axis])
        atoms += phenyl(5.45 * axis, axis, X)
    return molecule(atoms)


def alkane(carbons: int) -> Structure:
    """C(n)H(2n+2), n at least 2, all torsions at 180 degrees."""
    half = math.radians((180 - TETRAHEDRAL_CONE) / 2)
    along, up = CC * math.sin(half), CC * math.cos(half) / 2
    places = [along * (k - (carbons - 1) / 2) * X + up * (-1) ** k * Y for k in range(carbons)]
    atoms: list[Atom] = []
    for k, place in enumerate(places):
        near = [places[j] for j in (k - 1, k + 1) if 0 <= j < carbons]
        atoms += [("C", place), *of("H", _open_corners(place, near))]
    return molecule(atoms)


def _open_corners(carbon: Vector, near: list[Vector]) -> list[Vector]:
    """Where the hydrogens of a chain's carbon atom are: two inside, three at an end."""
    axis = unit(carbon - near[0])
    away = Y if carbon[1] < 0 else -Y
    torsions = thirds(0.0) if len(near) == 1 else [120.0, 240.0]
    first, _ = across(axis, away)
    return cone(carbon, axis, first, CH, torsions)
