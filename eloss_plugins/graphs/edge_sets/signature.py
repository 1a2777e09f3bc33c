"""Numbers by which a molecule is looked up, the same however it is turned and moved."""

from itertools import product

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.edge_sets.molecules import Molecules

Floats = NDArray[np.float64]
Key = tuple[int, bytes, int, int]

CELL = 0.01
"""Angstrom to which the two lengths are rounded; much more than positions lose by being turned
in float32, and little enough that few molecules of a data set share a key."""

MARGIN = 0.05
"""Of a cell: a length that near its edge is looked up on both sides."""

GOLDEN = (5**0.5 - 1) / 2


def keys(molecules: Molecules) -> list[list[Key]]:
    """For each molecule the key it is stored under, then others that rounding may have given.

    A key is the number of atoms, the elements in order, and two rounded lengths: the root mean
    square distance from the centroid, and a mean distance that weighs each place in the list of
    atoms differently. Mirror images share it. Molecules that are not finite have no key.
    """
    lengths = np.stack(_lengths(molecules), axis=1) / CELL
    finite: NDArray[np.bool_] = np.asarray(np.isfinite(lengths).all(axis=1))
    cells = np.floor(np.where(finite[:, None], lengths, 0)).astype(np.int64)
    inside = np.where(finite[:, None], lengths, 0) - cells
    beside = np.where(inside < MARGIN, -1, np.where(inside > 1 - MARGIN, 1, 0))
    elements = _elements(molecules)
    return [
        _of(int(size), element, cell, shift) if ok else []
        for size, element, cell, shift, ok in zip(
            molecules.sizes, elements, cells.tolist(), beside.tolist(), finite, strict=True
        )
    ]


def _of(size: int, elements: bytes, cell: list[int], beside: list[int]) -> list[Key]:
    steps = product(*((0, step) if step else (0,) for step in beside))
    return [(size, elements, cell[0] + first, cell[1] + second) for first, second in steps]


def _lengths(molecules: Molecules) -> tuple[Floats, Floats]:
    sizes = molecules.sizes
    owner = np.repeat(np.arange(len(sizes)), sizes)
    counts = np.maximum(sizes, 1)

    def mean(values: Floats) -> Floats:
        return np.bincount(owner, values, len(sizes)) / counts

    with np.errstate(invalid="ignore", over="ignore"):
        centre = np.stack([mean(axis) for axis in molecules.positions.T], axis=1)
        square = np.square(molecules.positions - centre[owner]).sum(axis=1)
        place = np.arange(len(owner)) - molecules.offsets[:-1][owner]
        weight = (GOLDEN * (place + 1)) % 1.0
        return np.sqrt(mean(square)), mean(weight * np.sqrt(square))


def _elements(molecules: Molecules) -> list[bytes]:
    if molecules.numbers is None:
        return [b""] * len(molecules)
    whole = molecules.numbers.astype(np.uint8).tobytes()
    return [
        whole[start:stop]
        for start, stop in zip(molecules.offsets[:-1], molecules.offsets[1:], strict=True)
    ]
