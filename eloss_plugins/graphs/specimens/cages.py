"""Polyhedra: one atom at each corner, all corners alike."""

import itertools
import math

import numpy as np
from scipy.spatial.distance import pdist

from eloss_plugins.graphs.specimens.parts import (
    CH,
    TETRAHEDRON,
    Atom,
    Vector,
    molecule,
    of,
    ring,
)
from eloss_plugins.graphs.structure import Structure

GOLDEN = (1 + math.sqrt(5)) / 2
TRIBONACCI = (1 + math.cbrt(19 + 3 * math.sqrt(33)) + math.cbrt(19 - 3 * math.sqrt(33))) / 3


def phosphorus() -> Structure:
    """P4, a tetrahedron."""
    return molecule(of("P", _scaled(TETRAHEDRON, 2.21)))


def tetrahedrane() -> Structure:
    """C4H4."""
    return _with_hydrogens("C", _scaled(TETRAHEDRON, 1.48), CH)


def cubane() -> Structure:
    """C8H8."""
    return _with_hydrogens("C", _scaled(_signs((1, 1, 1)), 1.57), CH)


def prismane() -> Structure:
    """C6H6, a triangular prism."""
    corners = [
        *ring(3, 1.5 / math.sqrt(3), height=0.78),
        *ring(3, 1.5 / math.sqrt(3), height=-0.78),
    ]
    return _with_hydrogens("C", np.array(corners), CH)


def dodecaborate() -> Structure:
    """B12H12, an icosahedron."""
    return _with_hydrogens("B", _scaled(_even_turns((0, 1, GOLDEN)), 1.78), 1.2)


def dodecahedrane() -> Structure:
    """C20H20."""
    corners = np.concatenate([_signs((1, 1, 1)), _even_turns((0, 1 / GOLDEN, GOLDEN))])
    return _with_hydrogens("C", _scaled(corners, 1.54), CH)


def fullerene() -> Structure:
    """C60, all bonds of one length."""
    shapes = ((0, 1, 3 * GOLDEN), (1, 2 + GOLDEN, 2 * GOLDEN), (GOLDEN, 2, 2 * GOLDEN + 1))
    return molecule(of("C", _scaled(np.concatenate([_even_turns(s) for s in shapes]), 1.44)))


def snub_cube() -> Structure:
    """C24, chiral: the rotations of the cube and no reflection."""
    corners = _even_turns((1, 1 / TRIBONACCI, TRIBONACCI))
    even = corners[np.sign(corners).prod(axis=1) > 0]
    odd = corners[np.sign(corners).prod(axis=1) < 0][:, [1, 0, 2]]
    return molecule(of("C", _scaled(np.concatenate([even, odd]), 1.45)))


def sulphur() -> Structure:
    """S8, a crown."""
    return molecule(of("S", [*ring(4, 2.3, height=0.5), *ring(4, 2.3, height=-0.5, turn=45)]))


def lattice(edge: int, spacing: float = 1.5) -> Structure:
    """A cube of `edge` cubed carbon atoms on a simple cubic lattice."""
    steps = spacing * (np.arange(edge) - (edge - 1) / 2)
    return molecule(of("C", np.array(list(itertools.product(steps, repeat=3)))))


def _signs(corner: tuple[float, float, float]) -> Vector:
    """A point with all choices of signs, each once."""
    return np.unique(np.array(list(itertools.product(*((x, -x) for x in corner)))) + 0.0, axis=0)


def _even_turns(corner: tuple[float, float, float]) -> Vector:
    """A point with all choices of signs and all cyclic orders of its coordinates."""
    return np.concatenate([np.roll(_signs(corner), shift, axis=1) for shift in range(3)])


def _scaled(corners: Vector, shortest: float) -> Vector:
    return corners * (shortest / float(pdist(corners).min()))


def _with_hydrogens(symbol: str, corners: Vector, length: float) -> Structure:
    out = corners / np.linalg.norm(corners, axis=1, keepdims=True)
    atoms: list[Atom] = [*of(symbol, corners), *of("H", corners + length * out)]
    return molecule(atoms)
