"""Planar and puckered rings."""

import math

import numpy as np

from eloss_plugins.graphs.specimens.parts import (
    CC,
    CH,
    Atom,
    Vector,
    X,
    Y,
    Z,
    molecule,
    of,
    ring,
    unit,
)
from eloss_plugins.graphs.structure import Structure

AROMATIC = 1.40
"""Angstrom between neighbours in a honeycomb of carbon."""

HEXAGONS = {
    "benzene": [(0, 0)],
    "naphthalene": [(0, 0), (1, 0)],
    "phenanthrene": [(0, 0), (1, 0), (1, 1)],
    "pyrene": [(0, 0), (1, 0), (0, 1), (1, 1)],
    "triphenylene": [(0, 0), (1, 0), (-1, 1), (0, -1)],
    "coronene": [(0, 0), (1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1)],
}
"""Where the rings are, in steps along two directions of a honeycomb 60 degrees apart."""


def honeycomb(name: str) -> Structure:
    """A planar hydrocarbon of six-membered rings."""
    step = math.sqrt(3) * AROMATIC
    centres = [step * ((i + j / 2) * X + math.sqrt(0.75) * j * Y) for i, j in HEXAGONS[name]]
    corners = [centre + place for centre in centres for place in ring(6, AROMATIC, turn=30)]
    carbons = np.unique(np.round(corners, 9) + 0.0, axis=0)
    return molecule([*of("C", carbons), *of("H", _outward(carbons))])


def _outward(carbons: Vector) -> list[Vector]:
    """A hydrogen for each atom with two neighbours, away from both."""
    places = []
    for carbon in carbons:
        offsets = carbons - carbon
        length = np.linalg.norm(offsets, axis=1)
        near = offsets[(length > 0.1) & (length < 1.1 * AROMATIC)]
        if len(near) == 2:
            places.append(carbon - CH * unit(near.sum(axis=0)))
    return places


def cyclic_alkane(carbons: int) -> Structure:
    """(CH2)n with all carbon atoms in a plane."""
    radius = CC / 2 / math.sin(math.pi / carbons)
    atoms: list[Atom] = []
    for place in ring(carbons, radius):
        out = unit(place)
        hydrogens = [place + CH * (0.6 * out + side * 0.8 * Z) for side in (1, -1)]
        atoms += [("C", place), *of("H", hydrogens)]
    return molecule(atoms)


def cyclohexane() -> Structure:
    """C6H12, the chair."""
    along, aside = math.cos(math.acos(1 / 3)), math.sin(math.acos(1 / 3))
    atoms: list[Atom] = []
    for k, place in enumerate(ring(6, CC * math.sqrt(8) / 3)):
        up = (-1) ** k * Z
        carbon = place + CC / 6 * up
        equatorial = carbon + CH * (aside * unit(place) - along * up)
        atoms += [("C", carbon), ("H", carbon + CH * up), ("H", equatorial)]
    return molecule(atoms)


def porphine() -> Structure:
    """C20H14N4, planar, hydrogen on two opposite nitrogen atoms."""
    atoms: list[Atom] = []
    for k, nitrogen in enumerate((2.1, 2.03, 2.1, 2.03)):
        out = ring(4, 1.0)[k]
        side = np.cross(Z, out)
        atoms.append(("N", nitrogen * out))
        if k % 2 == 0:
            atoms.append(("H", 1.09 * out))
        for sign in (1, -1):
            atoms += of("C", [2.9 * out + 1.12 * sign * side, 4.25 * out + 0.68 * sign * side])
            atoms.append(("H", 5.05 * out + 1.42 * sign * side))
        atoms += [("C", 2.42 * (out + side)), ("H", 3.19 * (out + side))]
    return molecule(atoms)


def polygon(corners: int, side: float = 1.4) -> Structure:
    """A regular polygon of carbon atoms in two dimensions, at least three."""
    radius = side / 2 / math.sin(math.pi / corners)
    places = np.array(ring(corners, radius))[:, :2]
    bonds = np.column_stack([np.arange(corners), (np.arange(corners) + 1) % corners])
    return Structure(places, np.full(corners, 6), bonds)


def axis_and_ring(axis: int, corners: int, side: float = 1.4) -> Structure:
    """A row of atoms through the middle of a polygon, both bonded within themselves alone.

    Every pair of an atom on the axis and one on the ring is an image of `corners` others, so what
    joins both is what makes invariant graphs large.
    """
    places = ring(corners, side / 2 / math.sin(math.pi / corners))
    places += [side * (k - (axis - 1) / 2) * Z for k in range(axis)]
    around = np.column_stack([np.arange(corners), (np.arange(corners) + 1) % corners])
    along = corners + np.column_stack([np.arange(axis - 1), np.arange(1, axis)])
    return molecule(of("C", places), np.concatenate([around, along]))
