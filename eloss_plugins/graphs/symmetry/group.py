"""A group of permutations of atoms, by generators."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Permutation = NDArray[np.int32]
"""`(atoms,)` int32: atom i goes to the place of atom `permutation[i]`."""


@dataclass(frozen=True, eq=False)
class Group:
    """Permutations of atoms.

    Attributes:
        generators: `(generators, atoms)` int32; atom i goes to `generators[g, i]`. The identity
            is not among them, so the trivial group has none.
        order: how many permutations they generate, the identity among them; exact, of any size.
    """

    generators: NDArray[np.int32]
    order: int

    @property
    def num_atoms(self) -> int:
        """How many atoms are permuted."""
        return int(self.generators.shape[1])

    @property
    def is_trivial(self) -> bool:
        """Whether nothing but the identity is in it."""
        return self.order == 1


def trivial_group(num_atoms: int) -> Group:
    """The identity alone."""
    return Group(np.zeros((0, num_atoms), np.int32), 1)


def group_of(permutations: list[Permutation], order: int, num_atoms: int) -> Group:
    """A group from a list of generators, which may be empty."""
    if not permutations:
        return Group(np.zeros((0, num_atoms), np.int32), order)
    return Group(np.stack(permutations).astype(np.int32), order)
