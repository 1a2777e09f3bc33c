"""Molecules around one atom, from no symmetry to that of the octahedron."""

import math

import numpy as np

from eloss_plugins.graphs.specimens.parts import (
    CH,
    OCTAHEDRON,
    TETRAHEDRON,
    Atom,
    X,
    Y,
    Z,
    cone,
    molecule,
    of,
    ring,
    thirds,
    unit,
)
from eloss_plugins.graphs.structure import Structure

ORIGIN = np.zeros(3)


def water() -> Structure:
    """H2O, 104.5 degrees."""
    half = math.radians(104.5 / 2)
    hydrogens = [0.96 * (math.cos(half) * Y + side * math.sin(half) * X) for side in (1, -1)]
    return molecule([("O", ORIGIN), *of("H", hydrogens)])


def ammonia() -> Structure:
    """NH3, a pyramid."""
    return molecule([("N", ORIGIN), *of("H", cone(ORIGIN, Z, X, 1.01, thirds(0)))])


def methane() -> Structure:
    """CH4."""
    return molecule([("C", ORIGIN), *of("H", CH * TETRAHEDRON)])


def bromochlorofluoromethane() -> Structure:
    """CHFClBr, chiral: no permutation but the identity."""
    lengths = {"F": 1.36, "Cl": 1.76, "Br": 1.93, "H": CH}
    corners = zip(lengths.items(), TETRAHEDRON, strict=True)
    return molecule([("C", ORIGIN), *((name, length * out) for (name, length), out in corners)])


def boron_trifluoride() -> Structure:
    """BF3, planar."""
    return molecule([("B", ORIGIN), *of("F", ring(3, 1.31))])


def xenon_tetrafluoride() -> Structure:
    """XeF4, planar."""
    return molecule([("Xe", ORIGIN), *of("F", ring(4, 1.95))])


def phosphorus_pentafluoride() -> Structure:
    """PF5, a trigonal bipyramid."""
    return _bipyramid("P", 3, 1.534, 1.577)


def iodine_heptafluoride() -> Structure:
    """IF7, a pentagonal bipyramid."""
    return _bipyramid("I", 5, 1.858, 1.786)


def _bipyramid(centre: str, corners: int, equatorial: float, axial: float) -> Structure:
    tips = of("F", [axial * Z, -axial * Z])
    return molecule([(centre, ORIGIN), *of("F", ring(corners, equatorial)), *tips])


def bromine_pentafluoride() -> Structure:
    """BrF5, a square pyramid."""
    base = [1.77 * unit(place) for place in ring(4, 1.0, height=0.09)]
    return molecule([("Br", ORIGIN), ("F", -1.69 * Z), *of("F", base)])


def sulphur_hexafluoride() -> Structure:
    """SF6, an octahedron."""
    return molecule([("S", ORIGIN), *of("F", 1.56 * OCTAHEDRON)])


def tungsten_hexacarbonyl() -> Structure:
    """W(CO)6, an octahedron of two shells."""
    shells = [*of("C", 2.06 * OCTAHEDRON), *of("O", 3.21 * OCTAHEDRON)]
    return molecule([("W", ORIGIN), *shells])


def cobalt_hexanitrite() -> Structure:
    """Co(NO2)6, the plane of each nitro group turned so that no fourfold axis is left."""
    atoms: list[Atom] = [("Co", ORIGIN)]
    for out, beside in ((X, Y), (Y, Z), (Z, X)):
        for sign in (1, -1):
            oxygens = [2.58 * sign * out + side * 1.07 * beside for side in (1, -1)]
            atoms += [("N", 1.96 * sign * out), *of("O", oxygens)]
    return molecule(atoms)


def ferrocene(turn: float) -> Structure:
    """Fe(C5H5)2; `turn` in degrees, 0 for rings that face each other, 36 for staggered ones."""
    atoms: list[Atom] = [("Fe", ORIGIN)]
    for height, angle in ((1.65, 0.0), (-1.65, turn)):
        atoms += of("C", ring(5, 1.2, height=height, turn=angle))
        atoms += of("H", ring(5, 2.28, height=height, turn=angle))
    return molecule(atoms)
