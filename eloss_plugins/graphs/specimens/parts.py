"""What molecules are put together from: directions, cones, rings, and bonds by radii."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from eloss_plugins.graphs.structure import Structure

Vector = NDArray[np.float64]
Atom = tuple[str, Vector]
"""Element and position in angstrom."""

ELEMENTS: dict[str, tuple[int, float]] = {
    "H": (1, 0.31),
    "B": (5, 0.84),
    "C": (6, 0.76),
    "N": (7, 0.71),
    "O": (8, 0.66),
    "F": (9, 0.57),
    "Si": (14, 1.11),
    "P": (15, 1.07),
    "S": (16, 1.05),
    "Cl": (17, 1.02),
    "Fe": (26, 1.32),
    "Co": (27, 1.26),
    "Br": (35, 1.20),
    "I": (53, 1.39),
    "Xe": (54, 1.40),
    "W": (74, 1.62),
}
"""Atomic number and covalent radius in angstrom (Cordero et al., Dalton Trans. 2008, 2832)."""

BOND_REACH = 1.25
"""Atoms nearer than this many sums of their radii are bonded."""

TETRAHEDRON = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / math.sqrt(3)
OCTAHEDRON = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], float)
X, Y, Z = np.eye(3)

TETRAHEDRAL_CONE = math.degrees(math.acos(1 / 3))
"""Degrees between a bond of a tetrahedral atom and the others continued: 70.53."""

CH = 1.09
CC = 1.54
"""Angstrom, single bonds."""


def molecule(atoms: Iterable[Atom], bonds: ArrayLike | None = None) -> Structure:
    """The structure of some atoms, bonded by their radii where bonds are not given."""
    symbols, places = zip(*atoms, strict=True)
    positions = np.array(places, float)
    numbers = np.array([ELEMENTS[symbol][0] for symbol in symbols])
    radii = np.array([ELEMENTS[symbol][1] for symbol in symbols])
    pairs = _bonds(positions, radii) if bonds is None else np.asarray(bonds, np.int64)
    return Structure(positions, numbers, pairs)


def _bonds(positions: Vector, radii: Vector) -> NDArray[np.int64]:
    pairs = cKDTree(positions).query_pairs(2 * BOND_REACH * radii.max(), output_type="ndarray")
    between = np.linalg.norm(positions[pairs[:, 0]] - positions[pairs[:, 1]], axis=1)
    bonds: NDArray[np.int64] = pairs[between < BOND_REACH * radii[pairs].sum(axis=1)].astype(
        np.int64
    )
    return bonds


def unit(vector: ArrayLike) -> Vector:
    """The direction of a vector."""
    vector = np.asarray(vector, float)
    return vector / float(np.linalg.norm(vector))


def across(axis: Vector, reference: Vector) -> tuple[Vector, Vector]:
    """Two directions at right angles to an axis, the first towards `reference`, right-handed."""
    first = unit(reference - (reference @ axis) * axis)
    return first, np.cross(axis, first)


def cone(
    tip: Vector, axis: Vector, reference: Vector, length: float, degrees: Sequence[float]
) -> list[Vector]:
    """Points at the tetrahedral angle around the continuation of a bond.

    Args:
        tip: the atom that they are bonded to.
        axis: direction of the bond to it.
        reference: torsions are counted from this direction.
        length: angstrom from the tip.
        degrees: torsion of each point.
    """
    first, second = across(axis, reference)
    along, aside = math.cos(math.acos(1 / 3)), math.sin(math.acos(1 / 3))
    turns = np.radians(degrees)
    return [
        tip + length * (along * axis + aside * (math.cos(a) * first + math.sin(a) * second))
        for a in turns
    ]


def thirds(start: float) -> list[float]:
    """Three torsions, 120 degrees apart."""
    return [start, start + 120.0, start + 240.0]


def methyl(carbon: Vector, axis: Vector, reference: Vector, torsion: float = 60.0) -> list[Atom]:
    """A CH3 group whose carbon is at the end of a bond along `axis`."""
    hydrogens = cone(carbon, axis, reference, CH, thirds(torsion))
    return [("C", carbon), *(("H", place) for place in hydrogens)]


def tert_butyl(carbon: Vector, axis: Vector, reference: Vector, torsion: float) -> list[Atom]:
    """A C(CH3)3 group, its methyl groups staggered to the bond that it hangs on."""
    atoms: list[Atom] = [("C", carbon)]
    for place in cone(carbon, axis, reference, CC, thirds(torsion)):
        atoms += methyl(place, unit(place - carbon), -axis)
    return atoms


def ring(count: int, radius: float, *, height: float = 0.0, turn: float = 0.0) -> list[Vector]:
    """Corners of a regular polygon around the z axis; `turn` in degrees."""
    angles = 2 * math.pi * np.arange(count) / count + math.radians(turn)
    return [np.array([radius * math.cos(a), radius * math.sin(a), height]) for a in angles]


def of(symbol: str, places: Iterable[Vector]) -> list[Atom]:
    """Atoms of one element."""
    return [(symbol, np.asarray(place, float)) for place in places]


def phenyl(ipso: Vector, axis: Vector, across_ring: Vector) -> list[Atom]:
    """A C6H5 group; `across_ring` is the direction in its plane at right angles to its axis."""
    atoms: list[Atom] = []
    centre = ipso + 1.39 * axis
    for k in range(6):
        angle = math.pi * k / 3
        out = -math.cos(angle) * axis + math.sin(angle) * across_ring
        atoms.append(("C", centre + 1.39 * out))
        if k:
            atoms.append(("H", centre + 2.48 * out))
    return atoms
