"""A spin glass: Ising spins with a coupling on each bond of a graph."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.errors import UsageError
from eloss_plugins.spins.lattice import Lattice

Spins = NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class SpinGlass:
    """Couplings J on pairs of sites; the energy is H(y) = -sum over pairs of J_ij y_i y_j.

    Attributes:
        num_sites: spins.
        index: `(2, pairs)` int64, each pair once.
        values: `(pairs,)` float64 couplings.
        lattice: what `index` is the bonds of, where it is a lattice.

    Raises:
        UsageError: a pair twice, a site coupled to itself or unknown, a coupling not finite.
    """

    num_sites: int
    index: NDArray[np.int64]
    values: NDArray[np.float64]
    lattice: Lattice | None = None

    def __post_init__(self) -> None:
        if self.lattice is None:
            _check_index(self.index, self.num_sites)
        if self.values.shape != self.index.shape[1:]:
            raise UsageError(
                f"`values` must have shape ({self.index.shape[1]},), one for each pair; "
                f"got {self.values.shape}"
            )
        if not np.isfinite(self.values).all():
            raise UsageError("couplings must be finite; got some that are not")

    def energy(self, spins: NDArray[Any]) -> NDArray[np.float64]:
        """`(...)` energy of spins `(..., sites)`."""
        first, second = self.index
        agreeing = spins[..., first].astype(np.float64) * spins[..., second]
        return np.asarray(-(self.values * agreeing).sum(-1))


def on_lattice(lattice: Lattice, values: NDArray[np.float64]) -> SpinGlass:
    """The spin glass with couplings `(pairs,)` in the order of the lattice's bonds."""
    return SpinGlass(lattice.num_sites, lattice.index, values, lattice)


def from_dense(matrix: NDArray[np.float64]) -> SpinGlass:
    """The spin glass of a matrix `(sites, sites)`; where it is 0 there is no bond.

    Raises:
        UsageError: not square, not symmetric, not finite, or with a diagonal.
    """
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not len(matrix):
        raise UsageError(f"couplings must be a square matrix; got shape {matrix.shape}")
    if not np.isfinite(matrix).all():
        raise UsageError("couplings must be finite; got some that are not")
    if np.diagonal(matrix).any():
        site = int(np.flatnonzero(np.diagonal(matrix))[0])
        raise UsageError(f"site {site} is coupled to itself; the diagonal must be 0")
    if not np.array_equal(matrix, matrix.T):
        i, j = (int(it) for it in np.argwhere(matrix != matrix.T)[0])
        raise UsageError(
            f"couplings must be symmetric; got {matrix[i, j]:g} from site {i} to {j} and "
            f"{matrix[j, i]:g} back. (J + J.T) / 2 has the same energies"
        )
    index = np.argwhere(np.triu(matrix, 1)).T.astype(np.int64)
    return SpinGlass(len(matrix), index, matrix[index[0], index[1]].astype(np.float64))


def check_spins(spins: NDArray[Any], num_sites: int) -> Spins:
    """The spins as int8.

    Raises:
        UsageError: another number of them, or values other than +1 and -1.
    """
    if spins.shape[-1:] != (num_sites,):
        raise UsageError(f"expected {num_sites} spins, one a site; got shape {spins.shape}")
    if not np.isin(spins, (-1, 1)).all():
        wrong = spins[~np.isin(spins, (-1, 1))].flat[0]
        raise UsageError(f"spins must be +1 or -1; got {wrong}. For bits b take 2 * b - 1")
    return spins.astype(np.int8)


def canonical(spins: Spins) -> Spins:
    """The spins `(..., sites)`, all of them turned where the first one is -1."""
    return np.asarray(spins * spins[..., :1], np.int8)


def _check_index(index: NDArray[np.int64], num_sites: int) -> None:
    if index.ndim != 2 or len(index) != 2:
        raise UsageError(f"`index` must have shape (2, pairs); got {index.shape}")
    if index.size and (index.min() < 0 or index.max() >= num_sites):
        raise UsageError(
            f"sites are numbered from 0 to {num_sites - 1}; got a pair with "
            f"{int(index.min()) if index.min() < 0 else int(index.max())}"
        )
    selfs = np.flatnonzero(index[0] == index[1])
    if len(selfs):
        raise UsageError(f"site {int(index[0, selfs[0]])} is coupled to itself; leave that out")
    pairs, counts = np.unique(np.sort(index, axis=0), axis=1, return_counts=True)
    if (counts > 1).any():
        i, j = (int(it) for it in pairs[:, counts > 1][:, 0])
        raise UsageError(f"the pair of sites {i} and {j} is given twice; give it once")
