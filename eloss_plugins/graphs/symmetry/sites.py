"""Atoms that stand at one place are one site, so that isometries permute sites one to one."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from eloss_plugins.graphs.structure import Structure
from eloss_plugins.graphs.symmetry.group import Group, Permutation, group_of

SPACE = 3


@dataclass(frozen=True, eq=False)
class Sites:
    """The places that atoms stand at.

    Attributes:
        positions: `(sites, 3)` angstrom, centred; structures of fewer dimensions lie in a plane
            or on a line.
        kinds: `(sites,)` int64, equal where the same elements stand.
        atoms: for each site its atoms, ordered by element and then by number.
        elements: `(atoms,)` atomic numbers, zeros where atoms are points alone.
    """

    positions: NDArray[np.float64]
    kinds: NDArray[np.int64]
    atoms: list[NDArray[np.int64]]
    elements: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.kinds)

    def lift(self, group: Group) -> Group:
        """The group on atoms of a group on sites.

        Equal atoms at one place may change places in any way; the rest of a site follows it.
        """
        along = [self._carried(generator) for generator in group.generators]
        within = list(self._exchanges())
        order = group.order * math.prod(math.factorial(count) for count in self._crowds())
        return group_of(along + within, order, len(self.elements))

    def _carried(self, permutation: Permutation) -> Permutation:
        image = np.empty(len(self.elements), np.int32)
        for site, target in enumerate(permutation):
            image[self.atoms[site]] = self.atoms[target]
        return image

    def _exchanges(self) -> Iterator[Permutation]:
        for atoms in self.atoms:
            for first, second in itertools.pairwise(atoms):
                if self.elements[first] == self.elements[second]:
                    image = np.arange(len(self.elements), dtype=np.int32)
                    image[[first, second]] = second, first
                    yield image

    def _crowds(self) -> Iterator[int]:
        for atoms in self.atoms:
            yield from np.unique(self.elements[atoms], return_counts=True)[1].tolist()


def sites_of(structure: Structure, tolerance: float) -> Sites:
    """Sites of a structure: atoms within `tolerance` angstrom of each other stand at one place."""
    elements = _elements(structure)
    embedded = np.zeros((structure.num_atoms, SPACE))
    embedded[:, : structure.dimensions] = structure.positions
    near = cKDTree(embedded).query_pairs(tolerance, output_type="ndarray")
    if not len(near):
        atoms = list(np.arange(structure.num_atoms)[:, None])
        return Sites(_centred(embedded), elements, atoms, elements)
    atoms = _clusters(near, elements)
    places = np.array([embedded[members].mean(axis=0) for members in atoms])
    return Sites(_centred(places), _kinds(atoms, elements), atoms, elements)


def _elements(structure: Structure) -> NDArray[np.int64]:
    if structure.numbers is None:
        return np.zeros(structure.num_atoms, np.int64)
    return structure.numbers


def _clusters(near: NDArray[np.integer], elements: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    count = len(elements)
    links = coo_array((np.ones(len(near), np.bool_), (near[:, 0], near[:, 1])), (count, count))
    labels = connected_components(links, directed=False)[1]
    by_site = np.lexsort((np.arange(count), elements, labels))
    return np.split(by_site, np.flatnonzero(np.diff(labels[by_site])) + 1)


def _kinds(atoms: list[NDArray[np.int64]], elements: NDArray[np.int64]) -> NDArray[np.int64]:
    contents = [tuple(elements[members].tolist()) for members in atoms]
    names = {content: kind for kind, content in enumerate(sorted(set(contents)))}
    return np.array([names[content] for content in contents], np.int64)


def _centred(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    return positions - positions.mean(axis=0) if len(positions) else positions
