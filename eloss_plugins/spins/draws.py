"""Couplings drawn from a seed, the same ones wherever and in whatever order they are drawn."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.errors import UsageError
from eloss_plugins.spins.glass import SpinGlass, on_lattice
from eloss_plugins.spins.lattice import Lattice

GRID = 2**23
"""Uniform couplings are whole multiples of 1 / GRID. They are exact in single precision, their
sums in double precision, so that exact methods have to agree to the last bit."""

Draw = Callable[[np.random.Generator, int], NDArray[np.float64]]


def uniform(generator: np.random.Generator, pairs: int) -> NDArray[np.float64]:
    """`(pairs,)` couplings from -1 to 1, uniform on a fine grid."""
    return np.asarray(generator.integers(-GRID, GRID, pairs, endpoint=True) / GRID, np.float64)


def binary(generator: np.random.Generator, pairs: int) -> NDArray[np.float64]:
    """`(pairs,)` couplings of -1 or +1 with equal odds; ground states are many."""
    return np.asarray(2 * generator.integers(0, 2, pairs) - 1, np.float64)


KINDS: Mapping[str, Draw] = MappingProxyType({"uniform": uniform, "binary": binary})


def instance(lattice: Lattice, kind: str, seed: int, number: int) -> SpinGlass:
    """Spin glass `number` of the sequence that `seed` begins.

    Raises:
        UsageError: an unknown kind of couplings.
    """
    if kind not in KINDS:
        raise UsageError(f"`couplings` must be one of {', '.join(KINDS)}; got {kind!r}")
    generator = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, number])))
    return on_lattice(lattice, KINDS[kind](generator, lattice.index.shape[1]))
