"""What each pair of atoms is in the picture of a graph: a bond, or an edge of some kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.rigid.graph import Kind, RigidGraph


class Stroke(IntEnum):
    """How a pair is drawn; those above lie over those below."""

    SYMMETRY = 0
    LONG = 1
    LOCAL = 2
    CERTIFICATE = 3
    NEAR = 4
    ANGLE = 5
    NO_EDGE = 6
    BOND = 7


WORDS: Mapping[Stroke, str] = MappingProxyType(
    {
        Stroke.BOND: "bond",
        Stroke.NO_EDGE: "bond that is no edge",
        Stroke.ANGLE: "ends of a bond angle",
        Stroke.NEAR: "near neighbours",
        Stroke.CERTIFICATE: "fixes an atom",
        Stroke.LOCAL: "stiffens an atom",
        Stroke.LONG: "long range, at random",
        Stroke.SYMMETRY: "image of another edge",
    }
)
"""For the legend and for tables, in their order."""

OF_KIND = {
    Kind.CERTIFICATE: Stroke.CERTIFICATE,
    Kind.LOCAL: Stroke.LOCAL,
    Kind.LONG: Stroke.LONG,
    Kind.SYMMETRY: Stroke.SYMMETRY,
}


@dataclass(frozen=True, eq=False)
class Strokes:
    """Pairs of atoms to draw, each once.

    Attributes:
        pairs: `(pairs, 2)` int64.
        strokes: `(pairs,)` values of `Stroke`.
    """

    pairs: NDArray[np.int64]
    strokes: NDArray[np.int64]

    def counts(self) -> dict[Stroke, int]:
        """How many there are of each, in the order of the legend, without those of none."""
        found = {stroke: int((self.strokes == stroke).sum()) for stroke in WORDS}
        return {stroke: count for stroke, count in found.items() if count}


def strokes_of(graph: RigidGraph, bonds: NDArray[np.int64]) -> Strokes:
    """All edges, and those bonds that are none.

    Args:
        graph: the edges.
        bonds: `(bonds, 2)` pairs of atoms.
    """
    is_bonded = np.zeros((graph.num_atoms, graph.num_atoms), bool)
    is_bonded[bonds[:, 0], bonds[:, 1]] = is_bonded[bonds[:, 1], bonds[:, 0]] = True
    shares = is_bonded.astype(np.int64) @ is_bonded > 0
    first, second = graph.edges[:, 0], graph.edges[:, 1]
    strokes = np.where(shares[first, second], Stroke.ANGLE, Stroke.NEAR).astype(np.int64)
    for kind, stroke in OF_KIND.items():
        strokes[graph.kinds == kind] = stroke
    strokes[is_bonded[first, second]] = Stroke.BOND
    is_bonded[first, second] = is_bonded[second, first] = False
    rest = np.argwhere(np.triu(is_bonded))
    return Strokes(
        np.concatenate([graph.edges.astype(np.int64), rest]),
        np.concatenate([strokes, np.full(len(rest), Stroke.NO_EDGE)]),
    )
