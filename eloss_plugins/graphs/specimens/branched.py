"""Molecules that branch from one atom or one ring."""

import math
from collections.abc import Sequence

import numpy as np

from eloss_plugins.graphs.specimens.parts import (
    CC,
    CH,
    OCTAHEDRON,
    TETRAHEDRON,
    Atom,
    Vector,
    Z,
    across,
    cone,
    methyl,
    molecule,
    of,
    phenyl,
    ring,
    tert_butyl,
    thirds,
    unit,
)
from eloss_plugins.graphs.structure import Structure

ORIGIN = np.zeros(3)
LATTICE_QUARTER = CC / math.sqrt(3)
"""Angstrom: a quarter of the cell of diamond, of which adamantane is a piece."""


def neopentane(torsion: float) -> Structure:
    """C(CH3)4; methyl groups staggered at 60 degrees, all turned the same way at others."""
    atoms: list[Atom] = [("C", ORIGIN)]
    for k, out in enumerate(TETRAHEDRON):
        atoms += methyl(CC * out, out, TETRAHEDRON[k - 1], torsion)
    return molecule(atoms)


def adamantane() -> Structure:
    """C10H16."""
    corners, sides = LATTICE_QUARTER * math.sqrt(3) * TETRAHEDRON, 2 * LATTICE_QUARTER * OCTAHEDRON
    atoms: list[Atom] = [*of("C", corners), *of("C", sides)]
    atoms += of("H", corners + CH * TETRAHEDRON)
    for side in sides:
        away = [out for out in -TETRAHEDRON if out @ side > 0]
        atoms += of("H", [side + CH * out for out in away])
    return molecule(atoms)


def tetraphenylmethane(turns: Sequence[float]) -> Structure:
    """C(C6H5)4; `turns` of the rings in degrees, 0 for rings in planes with the z axis."""
    atoms: list[Atom] = [("C", ORIGIN)]
    for out, turn in zip(TETRAHEDRON, np.radians(turns), strict=True):
        first, second = across(out, Z)
        atoms += phenyl(1.55 * out, out, math.cos(turn) * first + math.sin(turn) * second)
    return molecule(atoms)


def tri_tert_butyl_methane() -> Structure:
    """CH(C(CH3)3)3, a propeller."""
    axis = TETRAHEDRON[0]
    atoms: list[Atom] = [("C", ORIGIN), ("H", CH * axis)]
    for out in TETRAHEDRON[1:]:
        atoms += tert_butyl(1.61 * out, out, axis, 75.0)
    return molecule(atoms)


def tri_tert_butyl_benzene(senses: Sequence[int]) -> Structure:
    """1,3,5-C6H3(C(CH3)3)3; each group has one methyl in the plane, on the side of its sense."""
    atoms: list[Atom] = []
    for k, out in enumerate(ring(6, 1.0)):
        atoms.append(("C", 1.39 * out))
        if k % 2:
            atoms.append(("H", 2.48 * out))
        else:
            tangent = senses[k // 2] * np.cross(Z, out)
            atoms += tert_butyl(2.92 * out, out, tangent, 0.0)
    return molecule(atoms)


def dendrimer(generations: int) -> Structure:
    """Silicon with `generations` shells, each atom with three in the next, hydrogen outermost.

    Bonds are longer inside, by as much as keeps the branches apart.
    """
    lengths = [CH * STRETCH**k for k in reversed(range(generations))]
    atoms: list[Atom] = [("Si", ORIGIN)]
    bonds: list[tuple[int, int]] = []
    tips = [(0, ORIGIN, out, TETRAHEDRON[k - 1]) for k, out in enumerate(TETRAHEDRON)]
    for shell, length in enumerate(lengths):
        symbol = "H" if shell == generations - 1 else "C"
        grown = []
        for host, place, axis, reference in tips:
            bonds.append((host, len(atoms)))
            grown.append((len(atoms), place + length * axis, axis, reference))
            atoms.append((symbol, place + length * axis))
        tips = [branch for tip in grown for branch in _branches(*tip)]
    return molecule(atoms, bonds)


STRETCH = 1.9
"""Ratio of the lengths of bonds of one shell and the next."""


def _branches(
    host: int, place: Vector, axis: Vector, reference: Vector
) -> list[tuple[int, Vector, Vector, Vector]]:
    ends = cone(ORIGIN, axis, reference, 1.0, thirds(60.0))
    return [(host, place, unit(end), -axis) for end in ends]
