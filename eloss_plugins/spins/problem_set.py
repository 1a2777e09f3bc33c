"""Spin glasses of one kind with their ground states."""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.spins.draws import instance
from eloss_plugins.spins.lattice import Boundary, Lattice

FIRST_OF_TEST = 2**31
"""Number of the first spin glass of a test set: the same ones however many are trained on."""


@dataclass(frozen=True)
class Source:
    """Which spin glasses: numbers of one sequence.

    Attributes:
        lattice: of all of them.
        kind: of their couplings, a name of `draws.KINDS`.
        seed: of the sequence.
        first: number of the first one.
        count: how many.
    """

    lattice: Lattice
    kind: str
    seed: int
    first: int
    count: int

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        lattice = [self.lattice.rows, self.lattice.columns, self.lattice.boundary]
        return {
            "lattice": lattice,
            "kind": self.kind,
            "seed": self.seed,
            "first": self.first,
            "count": self.count,
        }

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> "Source":
        """Back from `to_json`."""
        rows, columns, boundary = plain["lattice"]
        lattice = Lattice(int(rows), int(columns), cast(Boundary, boundary))
        return cls(lattice, plain["kind"], plain["seed"], plain["first"], plain["count"])

    def parts(self, size: int) -> list["Source"]:
        """The same in pieces of `size`, the last one smaller."""
        return [
            Source(self.lattice, self.kind, self.seed, self.first + at, min(size, self.count - at))
            for at in range(0, self.count, size)
        ]

    def couplings(self) -> NDArray[np.float64]:
        """`(systems, pairs)` couplings in the order of the lattice's bonds."""
        drawn = [
            instance(self.lattice, self.kind, self.seed, self.first + number).values
            for number in range(self.count)
        ]
        return np.array(drawn).reshape(self.count, -1)


@dataclass(frozen=True, eq=False)
class ProblemSet:
    """Spin glasses and their ground states.

    Attributes:
        source: which they are.
        couplings: `(systems, pairs)` float64.
        spins: `(systems, sites)` int8 ground states, the first spin of each +1.
        energies: `(systems,)` of the ground states.
    """

    source: Source
    couplings: NDArray[np.float64]
    spins: NDArray[np.int8]
    energies: NDArray[np.float64]

    @property
    def lattice(self) -> Lattice:
        """Of all of them."""
        return self.source.lattice


def energies(
    lattice: Lattice, couplings: NDArray[np.float64], spins: NDArray[Any]
) -> NDArray[np.float64]:
    """`(systems,)` energies of `(systems, sites)` spins, each with its own couplings."""
    first, second = lattice.index
    agreeing = spins[:, first].astype(np.float64) * spins[:, second]
    return np.asarray(-(couplings * agreeing).sum(-1))


def joined(parts: list[ProblemSet], source: Source) -> ProblemSet:
    """Pieces of `source` as one."""
    return ProblemSet(
        source,
        np.concatenate([part.couplings for part in parts]),
        np.concatenate([part.spins for part in parts]),
        np.concatenate([part.energies for part in parts]),
    )
