"""The symmetry of a bond graph: permutations of atoms that keep elements and bonds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.graphs.symmetry.bond_graph import BondGraph
from eloss_plugins.graphs.symmetry.chain import stabilizer_chain
from eloss_plugins.graphs.symmetry.group import Group, Permutation, group_of, trivial_group
from eloss_plugins.graphs.symmetry.pendant import Pendants
from eloss_plugins.graphs.symmetry.refinement import Refinement

Colours = NDArray[np.int64]


def topological_group(structure: Structure, bond_orders: ArrayLike | None = None) -> Group:
    """The automorphisms of the bond graph that keep elements, and bond orders where given.

    It knows nothing of shape: ethane has 72, since each methyl may turn and be reflected alone.
    The order is exact, of any size, and every generator has been checked bond by bond. Pendant
    trees are counted in closed form; for what is left, individualisation and refinement find
    one symmetry at a time and never list the group. Equal fragments change places too.

    Args:
        structure: atoms with bonds; positions are not looked at.
        bond_orders: `(bonds,)` one integer for each of `structure.bonds`, in its order.

    Raises:
        UsageError: the structure has no bonds given, or the orders do not fit them.

    Reference: McKay, Congressus Numerantium 30 (1981) 45, for the method.
    """
    graph = _graph(structure, bond_orders)
    pendants = Pendants(graph)
    return pendants.lift(_automorphisms(pendants.core_graph))


def _graph(structure: Structure, bond_orders: ArrayLike | None) -> BondGraph:
    if structure.bonds is None:
        raise UsageError(
            "the symmetry of the bond graph needs `bonds`, and this structure has none; find them "
            "from distances, or use the geometric group"
        )
    labels = np.zeros(len(structure.bonds), np.int64)
    if bond_orders is not None:
        labels = np.asarray(bond_orders)
        if labels.shape != (len(structure.bonds),) or labels.dtype.kind not in "iu":
            raise UsageError(
                f"`bond_orders` must be one integer for each of {len(structure.bonds)} bonds; "
                f"got {labels.dtype} of shape {labels.shape}"
            )
    numbers = structure.numbers
    colours = np.zeros(structure.num_atoms, np.int64) if numbers is None else numbers
    return BondGraph(colours, structure.bonds, labels.astype(np.int64))


def _automorphisms(graph: BondGraph) -> Group:
    path = _first_path(Refinement(graph))
    candidates = [np.flatnonzero(node.colours == node.colours[node.atom]) for node in path.nodes]
    members, order = stabilizer_chain(
        [node.atom for node in path.nodes], candidates, path.search, graph.num_atoms
    )
    return group_of(members, order, graph.num_atoms) if members else trivial_group(graph.num_atoms)


@dataclass(frozen=True, eq=False)
class _Node:
    """A stable colouring, the atom that is set apart in it, and the trace of what comes of it."""

    colours: Colours
    atom: int
    trace: bytes


@dataclass(frozen=True, eq=False)
class _Path:
    """Colourings from the first to one in which every atom has its own colour."""

    refinement: Refinement
    nodes: list[_Node]
    leaf: Colours

    def search(self, level: int, image: int) -> Permutation | None:
        """An automorphism that keeps the atoms before `level` and takes that of it to `image`.

        Other paths are followed as long as they look like the first; where one ends, colours
        match atoms to atoms.
        """
        waiting = [(level, self.nodes[level].colours, image)]
        while waiting:
            depth, colours, atom = waiting.pop()
            finer, trace = self.refinement.individualised(colours, atom)
            if trace != self.nodes[depth].trace:
                continue
            if depth + 1 == len(self.nodes):
                found = self._matching(finer)
                if self.refinement.graph.is_kept_by(found):
                    return found
                continue
            after = self.nodes[depth + 1]
            images = np.flatnonzero(finer == after.colours[after.atom])
            waiting += [(depth + 1, finer, other) for other in images[::-1].tolist()]
        return None

    def _matching(self, leaf: Colours) -> Permutation:
        return np.argsort(leaf).astype(np.int32)[self.leaf]


def _first_path(refinement: Refinement) -> _Path:
    colours, _ = refinement.stable(refinement.graph.colours)
    nodes = []
    while (sizes := np.bincount(colours)).max(initial=0) > 1:
        smallest = np.where(sizes > 1, sizes, len(colours) + 1).argmin()
        atom = int(np.flatnonzero(colours == smallest)[0])
        finer, trace = refinement.individualised(colours, atom)
        nodes.append(_Node(colours, atom, trace))
        colours = finer
    return _Path(refinement, nodes, colours)
