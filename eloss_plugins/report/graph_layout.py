"""Where the atoms and edges of a graph go on paper: the molecule seen along its principal axes."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

APART = 0.6
"""Angstrom on paper that atoms should keep from each other; the molecule is tilted for it."""

TILTS = (0.0, 8.0, -8.0, 16.0, -16.0, 24.0, -24.0, 32.0, -32.0)
"""Degrees about either axis of the paper."""

COST = 0.02
"""Square angstrom that must be gained for each angstrom by which an atom moves."""

CLEAR = 0.27
"""Angstrom on paper by which an edge should miss atoms that are not its own."""

OFFSETS = (0.0, 0.2, -0.2, 0.4, -0.4, 0.6, -0.6, 0.85, -0.85)
"""Angstrom by which the middle of an edge may leave the straight line to miss them."""

ROUNDEST = 0.3
"""The most of that, in lengths of the edge."""

DETOUR = 0.15
"""What an angstrom of it must gain."""

STOPS = np.linspace(0.1, 0.9, 15)[:, None]
"""Places along an edge that are looked at."""

MOST_ATOMS = 200
"""With more than this nothing is legible, so nothing is tilted and no edge is bent."""


@dataclass(frozen=True, eq=False)
class View:
    """A structure on paper.

    Attributes:
        points: `(atoms, 2)` angstrom, the long side of the molecule from left to right.
        depth: `(atoms,)` angstrom, larger is nearer to the eye.
    """

    points: Floats
    depth: Floats


def view_of(positions: Floats) -> View:
    """The view along the axis of least spread, tilted a little where atoms would hide others.

    Args:
        positions: `(atoms, D)` angstrom, D = 1, 2 or 3.
    """
    space = np.zeros((len(positions), 3))
    space[:, : positions.shape[1]] = positions
    seen = _along_principal_axes(space)
    if 1 < len(seen) <= MOST_ATOMS:
        legibility = _Legibility(seen, *np.triu_indices(len(seen), 1))
        seen = max((seen @ _rotation(*tilt).T for tilt in product(TILTS, TILTS)), key=legibility)
    return View(seen[:, :2], seen[:, 2])


def bend(view: View, first: int, second: int) -> Floats:
    """`(2,)` the middle of an edge on paper: of a straight one, or of one that misses other atoms.

    Args:
        view: of the molecule.
        first: atom at one end.
        second: atom at the other.
    """
    points = view.points
    start, end = points[first], points[second]
    others = np.delete(points, [first, second], axis=0)
    middle, along = (start + end) / 2, end - start
    length = float(np.linalg.norm(along))
    if len(points) > MOST_ATOMS or not len(others) or length == 0:
        return np.asarray(middle)
    across = np.array([-along[1], along[0]]) / length
    offsets = [offset for offset in OFFSETS if abs(offset) <= ROUNDEST * length]
    tried = [middle + offset * across for offset in offsets]
    gains = [min(_gap(curve_through(start, at, end), others), CLEAR) for at in tried]
    worth = [gain - DETOUR * abs(offset) for gain, offset in zip(gains, offsets, strict=True)]
    return np.asarray(tried[int(np.argmax(worth))])


def control_of(start: Floats, middle: Floats, end: Floats) -> Floats:
    """`(2,)` the control point of the quadratic Bezier curve with that middle."""
    return np.asarray(2 * middle - (start + end) / 2)


def curve_through(start: Floats, middle: Floats, end: Floats) -> Floats:
    """`(places, 2)` points of the curve between two points by way of a third."""
    control = control_of(start, middle, end)
    return np.asarray((1 - STOPS) ** 2 * start + 2 * STOPS * (1 - STOPS) * control + STOPS**2 * end)


def _gap(curve: Floats, others: Floats) -> float:
    return float(np.linalg.norm(curve[:, None] - others, axis=2).min())


def _along_principal_axes(space: Floats) -> Floats:
    if not len(space):
        return space
    centred = space - space.mean(axis=0)
    axes = np.linalg.eigh(centred.T @ centred)[1][:, ::-1]
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), range(3)])  # an axis has no sign of its own
    seen: Floats = centred @ (axes * signs)
    return seen


def _rotation(about_x: float, about_y: float) -> Floats:
    (c, s), (k, t) = ((np.cos(a), np.sin(a)) for a in np.radians([about_x, about_y]))
    over = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    sideways = np.array([[k, 0, t], [0, 1, 0], [-t, 0, k]])
    return np.asarray(over @ sideways, np.float64)


@dataclass(frozen=True, eq=False)
class _Legibility:
    """How far apart atoms are on paper, less what the tilt costs."""

    straight: Floats
    first: NDArray[np.int64]
    second: NDArray[np.int64]

    def __call__(self, tilted: Floats) -> float:
        gaps = np.linalg.norm(tilted[self.first, :2] - tilted[self.second, :2], axis=1)
        short = np.clip(APART - gaps, 0, None)
        moved = np.abs(tilted - self.straight).max()
        return -float((short**2).sum()) - COST * float(moved)
