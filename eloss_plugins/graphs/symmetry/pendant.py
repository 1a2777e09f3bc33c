"""The trees that hang on a molecule's rings: equal branches of an atom change places freely."""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.symmetry.bond_graph import BondGraph
from eloss_plugins.graphs.symmetry.group import Group, Permutation, group_of

Branch = tuple[int, int, int]
"""Label of the bond that it hangs on, code, atom at its root."""


@dataclass
class Pendants:
    """A graph without its pendant trees, and those trees.

    Leaves are taken off round after round until only atoms of rings, of chains between them, and
    the middle of each molecule without rings are left: the core. A branch gets a code, equal for
    equal branches, and an atom of the core the code of all that hangs on it as its colour. Then
    every symmetry of the graph is one of the coloured core followed by exchanges of equal
    branches at one atom, and the order of the group is the product of both counts.

    Attributes:
        core: the atoms that are left, `(core atoms,)` int64.
        core_graph: their graph, coloured by code.
    """

    graph: BondGraph
    core: NDArray[np.int64] = field(init=False)
    core_graph: BondGraph = field(init=False)

    def __post_init__(self) -> None:
        self._names: dict[tuple[int, tuple[tuple[int, int], ...]], int] = {}
        self._branches: dict[int, list[Branch]] = defaultdict(list)
        left = self._take_off_leaves()
        alone = [atom for atom in left if not self._links[atom]]
        self._loose = sorted((0, self._code(atom), atom) for atom in alone)
        self.core = np.array([atom for atom in left if self._links[atom]], np.int64)
        colours = np.array([self._code(atom) for atom in self.core.tolist()], np.int64)
        self.core_graph = self.graph.part(self.core, colours)

    def _take_off_leaves(self) -> list[int]:
        """Atoms that are left; what hangs on each is then in `_branches`."""
        atoms = range(self.graph.num_atoms)
        self._links = [dict(self.graph.around(atom)) for atom in atoms]
        leaves = [atom for atom in atoms if len(self._links[atom]) == 1]
        taken: set[int] = set()
        while leaves:
            outer = [leaf for leaf in leaves if not self._is_last_bond(leaf)]
            hosts = [self._take_off(leaf) for leaf in outer]
            taken.update(outer)
            leaves = [host for host in dict.fromkeys(hosts) if len(self._links[host]) == 1]
        return [atom for atom in atoms if atom not in taken]

    def _is_last_bond(self, leaf: int) -> bool:
        (host,) = self._links[leaf]
        return len(self._links[host]) == 1

    def _take_off(self, leaf: int) -> int:
        ((host, label),) = self._links[leaf].items()
        self._branches[host].append((label, self._code(leaf), leaf))
        del self._links[host][leaf]
        return host

    def _code(self, root: int) -> int:
        hanging = tuple(sorted((label, code) for label, code, _ in self._branches[root]))
        return self._names.setdefault((int(self.graph.colours[root]), hanging), len(self._names))

    def lift(self, group: Group) -> Group:
        """The group of the whole graph from the group of its core."""
        carried = [self._carried(generator) for generator in group.generators]
        exchanges = [self._exchange(one, other) for one, other in self._equal_neighbours()]
        order = group.order * math.prod(math.factorial(count) for count in self._counts())
        return group_of(carried + exchanges, order, self.graph.num_atoms)

    def _families(self) -> Iterator[list[int]]:
        """Roots of branches that are equal and hang on one atom, or of equal molecules."""
        for branches in (self._loose, *map(sorted, self._branches.values())):
            for _, family in itertools.groupby(branches, key=lambda branch: branch[:2]):
                yield [root for _, _, root in family]

    def _counts(self) -> Iterator[int]:
        yield from map(len, self._families())

    def _equal_neighbours(self) -> Iterator[tuple[int, int]]:
        for family in self._families():
            yield from itertools.pairwise(family)

    def _exchange(self, one: int, other: int) -> Permutation:
        image = np.arange(self.graph.num_atoms, dtype=np.int32)
        first, second = self._atoms_of(one), self._atoms_of(other)
        image[first], image[second] = second, first
        return image

    def _carried(self, permutation: Permutation) -> Permutation:
        image = np.arange(self.graph.num_atoms, dtype=np.int32)
        for root, target in zip(self.core, self.core[permutation], strict=True):
            image[self._atoms_of(int(root))] = self._atoms_of(int(target))
        return image

    def _atoms_of(self, root: int) -> list[int]:
        """The atoms of a branch, in an order that is the same for equal branches."""
        atoms, waiting = [], [root]
        while waiting:
            atom = waiting.pop()
            atoms.append(atom)
            waiting += [leaf for _, _, leaf in sorted(self._branches[atom])]
        return atoms
