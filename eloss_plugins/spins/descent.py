"""Turning single spins as long as that lowers the energy."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.spins.lattice import Lattice

ROUNDING = 1e-9
"""A fall of energy that may be rounding: sums of couplings on the grid have none at all."""


def descended(
    lattice: Lattice, couplings: NDArray[np.float64], spins: NDArray[Any]
) -> NDArray[np.int8]:
    """The local minima of the energy that steepest descent reaches.

    Args:
        lattice: of all systems.
        couplings: `(systems, pairs)` of each.
        spins: `(systems, sites)` to begin with.

    Returns:
        `(systems, sites)` spins of which no single one can be turned to lower the energy.
    """
    found = np.array(spins, np.int8)
    touches = _touches(lattice)
    systems = np.arange(len(found))
    while len(systems):
        here = found[systems].astype(np.float64)
        first, second = lattice.index
        rise = 2 * (couplings[systems] * here[:, first] * here[:, second]) @ touches
        steepest = rise.argmin(axis=1)
        falls = rise[np.arange(len(systems)), steepest] < -ROUNDING
        systems, steepest = systems[falls], steepest[falls]
        found[systems, steepest] *= -1
    return found


def _touches(lattice: Lattice) -> NDArray[np.float64]:
    """`(pairs, sites)` 1 where a bond ends at a site."""
    ends = np.zeros((lattice.index.shape[1], lattice.num_sites))
    for side in lattice.index:
        ends[np.arange(len(side)), side] = 1
    return ends
