"""A set of pair orbits that grows until its edges fix all atoms."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.rigid.cloud import Cloud
from eloss_plugins.graphs.rigid.graph import Kind
from eloss_plugins.graphs.symmetry.closure import SPANNED, Ground, close
from eloss_plugins.graphs.symmetry.pair_table import PairTable

NOT_CHOSEN = 255

SLACK = 0.1
"""Of the heights wanted: enough for anchors that are there. The highest first is not always the
best choice, but it is never much lower."""

FLATNESS = 1e-9
"""In units of the extent: rounding errors of a point that lies in a flat."""


@dataclass(eq=False)
class Growth:
    """Orbits chosen so far; whole ones, so the edges are invariant at any time.

    Attributes:
        cloud: the points.
        table: the pair orbits.
        rises: `(rank + 1,)` heights that anchors should have, in units of the extent.
        kinds: `(labels,)` what each orbit was chosen for, `NOT_CHOSEN` where it was not. Kinds
            are those of whole orbits, so that whatever treats them differently stays invariant.
        may_lie_within: `(atoms,)` atoms that anchors may fix whose flat they lie in.
    """

    cloud: Cloud
    table: PairTable
    rises: NDArray[np.float64]
    kinds: NDArray[np.uint8] = field(init=False)
    may_lie_within: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self.kinds = np.full(self.table.num_labels, NOT_CHOSEN, np.uint8)
        self.may_lie_within = np.zeros(self.table.num_atoms, np.bool_)

    @property
    def points(self) -> NDArray[np.float64]:
        """`(atoms, rank)` coordinates, unit extent."""
        return self.cloud.points

    @property
    def chosen(self) -> NDArray[np.bool_]:
        """`(labels,)` which orbits are in."""
        return np.asarray(self.kinds != NOT_CHOSEN)

    def choose(self, labels: NDArray[np.integer], kind: Kind) -> None:
        """Take in orbits that are not in yet."""
        fresh = labels[self.kinds[labels] == NOT_CHOSEN]
        self.kinds[fresh] = kind

    def labels_within(self, atoms: NDArray[np.int64]) -> NDArray[np.int64]:
        """The orbits of all pairs of some atoms, but for coincident ones."""
        block = np.ix_(atoms, atoms)
        return np.unique(self.table.labels[block][self.table.apart[block]])

    def new_edges(self, labels: NDArray[np.integer]) -> int:
        """How many edges some orbits would add."""
        labels = np.unique(labels)
        return int(self.table.sizes[labels[self.kinds[labels] == NOT_CHOSEN]].sum())

    def edges_per_atom(self) -> float:
        """Edges over atoms."""
        return float(self.neighbours().sum() / 2 / self.table.num_atoms)

    def neighbours(self) -> NDArray[np.bool_]:
        """`(atoms, atoms)` the edges."""
        return self.table.neighbours(self.chosen)

    def ground(self) -> Ground:
        """Points and edges, for closures."""
        rows, members = np.nonzero(self.neighbours())
        starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=self.table.num_atoms))])
        rises = SLACK * self.rises
        return Ground(self.points, starts, members, rises, self.may_lie_within, FLATNESS)

    def fixed_from(self, simplex: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Atoms in the order in which a joined simplex fixes them, and `(atoms,)` how."""
        order = np.empty(self.table.num_atoms, np.int64)
        how = np.zeros(self.table.num_atoms, np.int64)
        order[: len(simplex)] = simplex
        how[simplex] = SPANNED
        count = close(self.ground(), order, how, len(simplex))
        return order[:count], how
