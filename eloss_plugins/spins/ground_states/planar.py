"""What methods by matching share: plaquettes, frustration, and spins from unsatisfied bonds.

A plaquette is frustrated if the product of its couplings is negative; then an odd number of its
bonds is unsatisfied, J_ij y_i y_j < 0. H = -sum |J| + 2 sum of |J| over unsatisfied bonds, so
that a ground state is a set of bonds of least weight that joins the frustrated plaquettes in pairs
on the dual lattice (Bieche, Maynard, Rammal and Uhry, J. Phys. A 13, 2553, 1980).
"""

from functools import lru_cache
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.spins.draws import GRID
from eloss_plugins.spins.glass import SpinGlass, Spins
from eloss_plugins.spins.lattice import Lattice

OUTSIDE = -1
"""The number of the plaquette beyond the edge of the lattice."""

LARGEST_WEIGHT = 2**24 - 1  # of PyMatching, which takes whole weights as they are

Bits = NDArray[np.bool_]


def refusal(glass: SpinGlass) -> str | None:
    """What no method by matching takes."""
    if glass.lattice is None:
        return "takes lattices alone; take `milp` for other graphs"
    if find_spec("pymatching") is None:
        return "needs the package pymatching: pip install 'eloss-plugins[spins]'"
    if whole_weights(glass) is None:
        return (
            f"takes couplings from -1 to 1 that are multiples of 1/{GRID}, of which sums are "
            "exact; take `transfer` or `milp` for others"
        )
    return None


def whole_weights(glass: SpinGlass) -> NDArray[np.int64] | None:
    """`(pairs,)` |J| in units of the grid; None where couplings lie beside it."""
    scaled = np.abs(glass.values) * GRID
    if (scaled > LARGEST_WEIGHT).any() or (scaled != np.round(scaled)).any():
        return None
    return scaled.astype(np.int64)


@lru_cache(maxsize=8)
def dual(lattice: Lattice) -> NDArray[np.int64]:
    """`(2, pairs)` the plaquettes on both sides of each bond; plaquette r, c has corner r, c."""
    rows, columns = lattice.rows, lattice.columns
    first, across = lattice.right
    row, column = np.divmod(np.concatenate([first, lattice.down[0]]), columns)
    is_right = np.arange(len(row)) < len(across)
    one = _plaquette(lattice, row, column)
    other = _plaquette(lattice, row - is_right, column - ~is_right)
    assert rows * columns > max(one.max(), other.max())
    return np.stack([one, other])


def frustrated(lattice: Lattice, negative: Bits) -> NDArray[np.uint8]:
    """`(sites,)` whether the plaquette at each site has an odd number of `negative` bonds."""
    count = np.zeros(lattice.num_sites + 1, np.int64)
    for side in dual(lattice):
        np.add.at(count, side, negative)  # the last place is the outside
    return (count[:-1] % 2).astype(np.uint8)


def spins_of(lattice: Lattice, differing: Bits) -> Spins:
    """Spins that differ across just the bonds `differing`, +1 at site 0."""
    factor = 1 - 2 * differing.astype(np.int8)
    across, below = np.split(factor, [lattice.right.shape[1]])
    top = across.reshape(lattice.rows, -1)[0, : lattice.columns - 1]
    down = below.reshape(-1, lattice.columns)[: lattice.rows - 1]
    first = np.concatenate([[1], np.cumprod(top)])
    return np.asarray(np.cumprod(np.vstack([first, down]), axis=0).ravel(), np.int8)


def _plaquette(
    lattice: Lattice, row: NDArray[np.int64], column: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Number of a plaquette by its upper left corner; `OUTSIDE` beyond an open edge."""
    rows, columns = lattice.rows, lattice.columns
    if lattice.boundary == "periodic":
        return row % rows * columns + column % columns
    inside = (row >= 0) & (row < rows - 1)
    if lattice.boundary == "cylinder":
        return np.where(inside, row * columns + column % columns, OUTSIDE)
    inside &= (column >= 0) & (column < columns - 1)
    return np.where(inside, row * columns + column, OUTSIDE)
