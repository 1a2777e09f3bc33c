"""The input of every construction: points, and what is known about them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eloss_plugins.errors import UsageError

MAX_DIMENSIONS = 3


@dataclass(frozen=True, eq=False)
class Structure:
    """Atoms at rest.

    Attributes:
        positions: `(atoms, D)` float64, angstrom, D = 1, 2 or 3.
        numbers: `(atoms,)` int64 atomic numbers; None where atoms are points alone.
        bonds: `(bonds, 2)` int64, each once, the smaller atom first, sorted; None if not known.

    Raises:
        UsageError: a shape is wrong, a position is not finite, or a bond joins what is no pair.
    """

    positions: NDArray[np.float64]
    numbers: NDArray[np.int64] | None = None
    bonds: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        positions = _positions(self.positions)
        object.__setattr__(self, "positions", positions)
        if self.numbers is not None:
            object.__setattr__(self, "numbers", _numbers(self.numbers, len(positions)))
        if self.bonds is not None:
            object.__setattr__(self, "bonds", _bonds(self.bonds, len(positions)))

    @property
    def num_atoms(self) -> int:
        """How many atoms there are."""
        return int(self.positions.shape[0])

    @property
    def dimensions(self) -> int:
        """D, the dimension of the space that the atoms are in."""
        return int(self.positions.shape[1])


def _positions(given: ArrayLike) -> NDArray[np.float64]:
    positions = np.ascontiguousarray(given, dtype=np.float64)
    if positions.ndim != 2 or not 1 <= positions.shape[1] <= MAX_DIMENSIONS:
        raise UsageError(
            f"`positions` must be (atoms, D) with D = 1, 2 or 3; got shape {positions.shape}"
        )
    bad = np.flatnonzero(~np.isfinite(positions).all(axis=1))
    if len(bad):
        raise UsageError(
            f"`positions` must be finite; atom {bad[0]} is at {positions[bad[0]].tolist()}. "
            "Leave such structures out"
        )
    return positions


def _numbers(given: ArrayLike, num_atoms: int) -> NDArray[np.int64]:
    numbers = _integers("numbers", given)
    if numbers.shape != (num_atoms,):
        raise UsageError(
            f"`numbers` must hold one atomic number for each of {num_atoms} atoms; "
            f"got shape {numbers.shape}"
        )
    return numbers


def _bonds(given: ArrayLike, num_atoms: int) -> NDArray[np.int64]:
    bonds = _integers("bonds", given)
    if bonds.size == 0:
        return np.zeros((0, 2), np.int64)
    if bonds.ndim != 2 or bonds.shape[1] != 2:
        raise UsageError(f"`bonds` must be (bonds, 2) pairs of atoms; got shape {bonds.shape}")
    outside = (bonds < 0) | (bonds >= num_atoms)
    wrong = outside.any(axis=1) | (bonds[:, 0] == bonds[:, 1])
    if wrong.any():
        raise UsageError(
            f"`bonds` must join two different atoms below {num_atoms}; "
            f"got {bonds[wrong][0].tolist()}"
        )
    return np.unique(np.sort(bonds, axis=1), axis=0)


def _integers(name: str, given: ArrayLike) -> NDArray[np.int64]:
    values = np.asarray(given)
    if values.size and not np.issubdtype(values.dtype, np.integer):
        raise UsageError(f"`{name}` must be integers; got {values.dtype}")
    return np.ascontiguousarray(values, dtype=np.int64)
