"""A group of permutations of atoms, by generators."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Group:
    """Permutations of atoms.

    Attributes:
        generators: `(generators, atoms)` int32; atom i goes to `generators[g, i]`.
        order: how many permutations they generate, the identity among them.
    """

    generators: NDArray[np.int32]
    order: int
