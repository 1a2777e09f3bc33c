"""Structures of any size, to see how edge sets grow and soften."""

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.structure import Structure

Floats = NDArray[np.float64]
CARBON, HYDROGEN = 6, 1
CC, CH = 1.53, 1.09  # angstrom
BENT = np.deg2rad(109.47)


def coil(carbons: int, seed: int) -> Structure:
    """Polyethylene with torsions at random, 3 carbons + 2 atoms; it may cross itself.

    Args:
        carbons: of the chain.
        seed: of the torsions.
    """
    rng = np.random.default_rng(seed)
    chain = _backbone(carbons, rng.choice(np.deg2rad([180.0, 65.0, -65.0]), carbons))
    atoms, bonds = [*chain], [(i, i + 1) for i in range(carbons - 1)]
    for place in range(carbons):
        for hydrogen in _hydrogens(chain, place):
            bonds.append((place, len(atoms)))
            atoms.append(hydrogen)
    numbers = np.array([CARBON] * carbons + [HYDROGEN] * (len(atoms) - carbons))
    return Structure(np.array(atoms), numbers, np.array(bonds))


def _backbone(carbons: int, torsions: Floats) -> list[Floats]:
    chain = [np.zeros(3), np.array([CC, 0.0, 0.0])]
    chain.append(chain[1] + CC * np.array([-np.cos(BENT), np.sin(BENT), 0.0]))
    while len(chain) < carbons:
        first, second, third = chain[-3:]
        chain.append(_next(first, second, third, float(torsions[len(chain)])))
    return chain[:carbons]


def _next(first: Floats, second: Floats, third: Floats, torsion: float) -> Floats:
    """The atom at bond length, angle and torsion behind three others."""
    along = (third - second) / np.linalg.norm(third - second)
    normal = np.cross(second - first, along)
    normal /= np.linalg.norm(normal)
    side = np.cross(normal, along)
    arm = np.array([-np.cos(BENT), np.sin(BENT) * np.cos(torsion), np.sin(BENT) * np.sin(torsion)])
    offset: Floats = arm[0] * along + arm[1] * side + arm[2] * normal
    return third + CC * offset


def _hydrogens(chain: list[Floats], place: int) -> list[Floats]:
    """Two of a carbon within the chain, three of one at its end."""
    here = chain[place]
    inside = 0 < place < len(chain) - 1
    if inside:
        one, two = (_unit(chain[other] - here) for other in (place - 1, place + 1))
        middle, across = _unit(one + two), _unit(np.cross(one, two))
        tilt = BENT / 2
        return [
            here + CH * (sign * np.sin(tilt) * across - np.cos(tilt) * middle) for sign in (1, -1)
        ]
    inner, next_inner = (1, 2) if place == 0 else (len(chain) - 2, len(chain) - 3)
    turns = np.deg2rad([60.0, 180.0, 300.0])
    return [
        here + CH / CC * (_next(chain[next_inner], chain[inner], here, turn) - here)
        for turn in turns
    ]


def _unit(vector: Floats) -> Floats:
    unit: Floats = vector / np.linalg.norm(vector)
    return unit


def cloud(atoms: int, seed: int) -> Structure:
    """Points alone, uniform in a cube, as dense as the atoms of a molecule."""
    rng = np.random.default_rng(seed)
    return Structure(rng.uniform(0, (atoms / 0.1) ** (1 / 3), (atoms, 3)))
