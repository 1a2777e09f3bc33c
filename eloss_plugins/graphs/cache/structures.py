"""The structures of a data set as flat arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.structure import Structure


@dataclass(frozen=True, eq=False)
class Structures:
    """Structures laid end to end.

    Attributes:
        positions: `(atoms, D)` float64, angstrom. What is not finite there, and for a trainer's
            guard to find, counts as 0 in a structure.
        offsets: `(structures + 1,)` int64; structure i owns atoms `offsets[i]:offsets[i + 1]`.
        numbers: `(atoms,)` int64 atomic numbers; None where atoms are points alone.

    Raises:
        UsageError: arrays that do not fit each other.
    """

    positions: NDArray[np.float64]
    offsets: NDArray[np.int64]
    numbers: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        atoms = int(self.offsets[-1]) if len(self.offsets) else -1
        whole = len(self.positions) == atoms and (np.diff(self.offsets) >= 0).all()
        if not whole or (self.numbers is not None and len(self.numbers) != atoms):
            raise UsageError(
                f"`offsets` must rise from 0 to {len(self.positions)}, the number of positions, "
                "and there must be as many numbers"
            )

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, place: int) -> Structure:
        atoms = slice(int(self.offsets[place]), int(self.offsets[place + 1]))
        numbers = None if self.numbers is None else self.numbers[atoms]
        return Structure(np.nan_to_num(self.positions[atoms], posinf=0.0, neginf=0.0), numbers)

    def part(self, start: int, stop: int) -> "Structures":
        """Structures `start` to `stop`."""
        first, last = int(self.offsets[start]), int(self.offsets[stop])
        numbers = None if self.numbers is None else self.numbers[first:last]
        offsets = self.offsets[start : stop + 1] - first
        return Structures(self.positions[first:last], offsets, numbers)

    @classmethod
    def of(cls, listed: Sequence[Structure]) -> "Structures":
        """Lay structures end to end; bonds are left out."""
        sizes = [structure.num_atoms for structure in listed]
        dimensions = listed[0].dimensions if listed else 3
        known = [structure.numbers for structure in listed if structure.numbers is not None]
        return cls(
            np.concatenate([np.zeros((0, dimensions)), *(one.positions for one in listed)]),
            np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            np.concatenate(known) if known and len(known) == len(listed) else None,
        )
