"""The bonds of one molecule."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

AROMATIC = 1.5
"""The order of a bond that a file or a model calls aromatic."""

WHOLE = (1.0, 2.0, 3.0)
ORDERS = (*WHOLE, AROMATIC)


@dataclass(frozen=True)
class BondList:
    """The bonds of one molecule, each once.

    Attributes:
        pairs: `(bonds, 2)` int64, the smaller atom first, sorted.
        orders: `(bonds,)` float64, 1, 2, 3 or 1.5 for aromatic; never whole numbers by type, which
            would make 1.5 a 1.
        num_atoms: atoms of the molecule, bonded or not.
    """

    pairs: NDArray[np.int64]
    orders: NDArray[np.float64]
    num_atoms: int

    def __len__(self) -> int:
        return len(self.orders)

    def valences(self) -> NDArray[np.float64]:
        """`(atoms,)` sum of bond orders at each atom."""
        ends = self.pairs.reshape(-1)
        sums = np.bincount(ends, weights=np.repeat(self.orders, 2), minlength=self.num_atoms)
        return np.asarray(sums, np.float64)

    def matrix(self) -> NDArray[np.float64]:
        """`(atoms, atoms)` symmetric bond orders, 0 where there is no bond."""
        orders = np.zeros((self.num_atoms, self.num_atoms))
        orders[self.pairs[:, 0], self.pairs[:, 1]] = self.orders
        return orders + orders.T

    @classmethod
    def from_matrix(cls, orders: NDArray[Any]) -> "BondList":
        """The bonds of `(atoms, atoms)` orders, read above the diagonal; 0 is no bond.

        Raises:
            ValueError: an order other than 0, 1, 2, 3 and 1.5.
        """
        upper = np.triu(orders, k=1).astype(np.float64)
        pairs = np.argwhere(upper)
        found = upper[tuple(pairs.T)]
        if not np.isin(found, ORDERS).all():
            raise ValueError(f"expected bond orders 0, 1, 2, 3 and 1.5; got {np.unique(found)}")
        return cls(pairs, found, len(orders))

    def fragment_of(self) -> NDArray[np.int64]:
        """`(atoms,)` for each atom the smallest atom that bonds lead to: equal in one fragment."""
        label = np.arange(self.num_atoms)
        first, second = self.pairs.T
        while not np.array_equal(label[first], label[second]):
            smaller = np.minimum(label[first], label[second])
            np.minimum.at(label, label[first], smaller)
            np.minimum.at(label, label[second], smaller)
            label = label[label]
        return label

    def num_fragments(self) -> int:
        """How many pieces the bonds leave the molecule in; 0 for no atoms."""
        return len(np.unique(self.fragment_of()))
