"""The bonds of many molecules as flat arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.data.bond_list import BondList


@dataclass(frozen=True)
class BondSet:
    """The bonds of molecules laid end to end, 12 bytes each.

    Attributes:
        pairs: `(bonds, 2)` int32, atoms counted within their molecule, as in `BondList`.
        orders: `(bonds,)` float32, 1, 2, 3 or 1.5.
        offsets: `(molecules + 1,)` int64; molecule i owns `offsets[i]:offsets[i + 1]`.
    """

    pairs: NDArray[np.int32]
    orders: NDArray[np.float32]
    offsets: NDArray[np.int64]

    def of(self, molecule: int, num_atoms: int) -> BondList:
        """The bonds of one molecule, which has `num_atoms` atoms."""
        rows = slice(int(self.offsets[molecule]), int(self.offsets[molecule + 1]))
        pairs, orders = self.pairs[rows], self.orders[rows]
        return BondList(pairs.astype(np.int64), orders.astype(np.float64), num_atoms)

    def subset(self, places: NDArray[np.int64]) -> "BondSet":
        """Those of the molecules at `places`, in that order."""
        offsets, rows = gathered(self.offsets, places)
        return BondSet(self.pairs[rows], self.orders[rows], offsets)

    @classmethod
    def from_lists(cls, lists: Sequence[BondList]) -> "BondSet":
        """The bonds of one molecule after the other."""
        pairs = [bonds.pairs.astype(np.int32) for bonds in lists]
        orders = [bonds.orders.astype(np.float32) for bonds in lists]
        return cls(
            pairs=np.concatenate([np.zeros((0, 2), np.int32), *pairs]),
            orders=np.concatenate([np.zeros(0, np.float32), *orders]),
            offsets=np.concatenate([[0], np.cumsum([len(b) for b in lists])]).astype(np.int64),
        )

    @classmethod
    def concatenate(cls, sets: Sequence["BondSet"]) -> "BondSet":
        """The bonds of all `sets`, in order."""
        shifts = np.cumsum([0, *(len(each.orders) for each in sets)])
        offsets = [each.offsets[1:] + shift for each, shift in zip(sets, shifts, strict=False)]
        return cls(
            pairs=np.concatenate([np.zeros((0, 2), np.int32), *(each.pairs for each in sets)]),
            orders=np.concatenate([np.zeros(0, np.float32), *(each.orders for each in sets)]),
            offsets=np.concatenate([[0], *offsets]).astype(np.int64),
        )


def gathered(
    offsets: NDArray[np.int64], places: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Offsets of the chosen runs of rows laid end to end, and the rows they are made of.

    Args:
        offsets: `(runs + 1,)` where each run starts and ends.
        places: which runs, in which order.
    """
    sizes = np.diff(offsets)[places]
    ends = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    shifts = offsets[:-1][places] - ends[:-1]
    return ends, np.arange(ends[-1]) + np.repeat(shifts, sizes)
