"""All pairs of atoms, sorted into orbits."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.symmetry.group import Group
from eloss_plugins.graphs.symmetry.orbits import pair_orbits

MOST_ATOMS = 3000
"""The table has atoms squared entries of eight bytes."""


@dataclass(frozen=True, eq=False)
class PairTable:
    """Pair orbits of a group, as sets of edges that are invariant come in no smaller pieces.

    Attributes:
        labels: `(atoms, atoms)` int64, symmetric; the diagonal holds the orbits of single atoms.
        sizes: `(labels,)` how many pairs each orbit has.
        apart: `(atoms, atoms)` false for an atom with itself and for coincident ones.
        orbit_sizes: `(atoms,)` how many images each atom has.
    """

    labels: NDArray[np.int64]
    sizes: NDArray[np.int64]
    apart: NDArray[np.bool_]
    orbit_sizes: NDArray[np.int64]

    @property
    def num_atoms(self) -> int:
        """How many atoms there are."""
        return len(self.labels)

    @property
    def num_labels(self) -> int:
        """How many orbits of pairs there are."""
        return len(self.sizes)

    @property
    def atom_labels(self) -> NDArray[np.int64]:
        """`(atoms,)` orbits of atoms."""
        return np.diagonal(self.labels)

    def neighbours(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """`(atoms, atoms)` the edges of some orbits, `(labels,)`."""
        return np.asarray(chosen[self.labels] & self.apart)

    @cached_property
    def _first_places(self) -> NDArray[np.int64]:
        return np.unique(self.labels, return_index=True)[1]

    def pair_of(self, labels: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """One pair of each of some orbits: its first atoms, its second atoms."""
        first, second = np.divmod(self._first_places[labels], self.num_atoms)
        return first, second

    def price(self, atom: int) -> NDArray[np.float64]:
        """`(atoms,)` edges for each image of `atom` that its edge to each other atom brings."""
        return np.asarray(self.sizes[self.labels[atom]] / self.orbit_sizes[atom])


def make_pair_table(group: Group, sites: NDArray[np.int64]) -> PairTable:
    """The table of a group.

    Args:
        group: permutations of atoms.
        sites: `(atoms,)` equal for coincident atoms.

    Raises:
        UsageError: more than `MOST_ATOMS` atoms.
    """
    if group.num_atoms > MOST_ATOMS:
        raise UsageError(
            f"graphs are made symmetric for up to {MOST_ATOMS} atoms; got {group.num_atoms}. "
            "Build the graph without symmetry"
        )
    labels = pair_orbits(group)
    sizes = np.bincount(labels[np.triu_indices(len(labels))])
    apart = sites[:, None] != sites[None, :]
    return PairTable(labels, sizes, apart, sizes[np.diagonal(labels)])
