"""Graphs of the molecules that have been seen, found again by what they look like.

Trainers shuffle molecules, turn them and lay them into batches without a name. A molecule is
looked up by a rounded signature, and what is found there is not taken on trust: all edge lengths
of the stored graph are compared. Where that graph is certified to leave one shape, equal lengths
prove that the molecule is the stored one or its mirror image.
"""

from collections.abc import Callable, Sequence
from typing import Generic, Protocol

import numpy as np

from eloss_plugins.graphs.edge_sets.known import Known, P, are_same, distances
from eloss_plugins.graphs.edge_sets.molecules import Molecules
from eloss_plugins.graphs.edge_sets.signature import Key, keys
from eloss_plugins.graphs.rigid.certificate import Certificate, Level
from eloss_plugins.graphs.rigid.graph import Kind, RigidGraph
from eloss_plugins.graphs.sampling import pairs
from eloss_plugins.graphs.structure import Structure

MOST_COMPARED = 512
"""Atoms of which all pairs are compared where the graph has no certificate; larger molecules of
that kind are not recognised."""


class Source(Protocol):
    """Graphs that were made beforehand."""

    def molecules(self) -> Molecules:
        """All molecules."""

    def structure(self, place: int) -> Structure:
        """One of them."""

    def graph(self, place: int) -> RigidGraph:
        """Its graph."""


class Seen(Generic[P]):
    """What is kept for molecules, by their shape; a copy of it is the same one.

    Args:
        make_graph: the graph of a structure.
        keep: what to keep of a structure and its graph.
        limit: bytes that may be kept; then the oldest go.
    """

    def __init__(
        self,
        make_graph: Callable[[Structure], RigidGraph],
        keep: Callable[[Structure, RigidGraph], P],
        limit: int,
    ) -> None:
        self._make_graph = make_graph
        self._keep = keep
        self._limit = limit
        self._seen: dict[Key, list[Known[P]]] = {}
        self._bytes = 0
        self._source: Source | None = None
        self._places: dict[Key, list[int]] = {}
        self.built = 0

    def __deepcopy__(self, memo: object) -> "Seen[P]":
        """Itself: what is kept never changes, and there may be much of it."""
        return self

    def __getstate__(self) -> dict[str, object]:
        """Without what was seen, which another process can see for itself."""
        return vars(self) | {"_seen": {}, "_bytes": 0, "_source": None, "_places": {}}

    def __len__(self) -> int:
        return sum(map(len, self._seen.values()))

    def prepare(self, source: Source) -> None:
        """Take graphs that were made beforehand for the molecules that they are of."""
        self._source, self._places = source, {}
        for place, listed in enumerate(keys(source.molecules())):
            for key in listed[:1]:
                self._places.setdefault(key, []).append(place)

    def find(self, molecules: Molecules) -> list[P]:
        """What is kept for each molecule; made now for those that have not been seen.

        Raises:
            UsageError: a graph cannot be made.
        """
        wanted = keys(molecules)
        found = self._recognised(molecules, wanted)
        return [
            known.kept if known is not None else self._met(molecules, place, wanted[place])
            for place, known in enumerate(found)
        ]

    def _recognised(
        self, molecules: Molecules, wanted: Sequence[list[Key]]
    ) -> list[Known[P] | None]:
        """The first known molecule under a molecule's keys that it proves to be."""
        found: list[Known[P] | None] = [None] * len(molecules)
        options = [self._candidates(listed) for listed in wanted]
        turn = 0
        while open_ := [place for place, some in enumerate(options) if turn < len(some)]:
            tried = [options[place][turn] for place in open_]
            for place, known, same in zip(
                open_, tried, are_same(molecules, open_, tried), strict=True
            ):
                if same:
                    found[place], options[place] = known, []
            turn += 1
        return found

    def _candidates(self, listed: list[Key]) -> list[Known[P]]:
        for key in listed:
            if key in self._places and key not in self._seen:
                self._take_from_source(key)
        return [known for key in listed for known in self._seen.get(key, ())]

    def _take_from_source(self, key: Key) -> None:
        assert self._source is not None
        for place in self._places[key]:
            self._add(key, self._source.structure(place), self._source.graph(place))

    def _met(self, molecules: Molecules, place: int, listed: list[Key]) -> P:
        """What to keep of a molecule that was not recognised at first."""
        structure = molecules.structure(place)
        if not listed:
            return self._keep(*_without_shape(structure))
        options = self._candidates(listed)  # one of this very batch may have come since
        alike = [known for known in options if are_same(molecules, [place], [known])[0]]
        if alike:
            return alike[0].kept
        self.built += 1
        graph = self._make_graph(structure)
        if not graph.certificate.unique and structure.num_atoms > MOST_COMPARED:
            return self._keep(structure, graph)
        return self._add(listed[0], structure, graph).kept

    def _add(self, key: Key, structure: Structure, graph: RigidGraph) -> Known[P]:
        edges = graph.edges if graph.certificate.unique else pairs.every(structure.num_atoms)
        lengths = distances(structure.positions, edges)
        known = Known(edges.astype(np.int32), lengths, self._keep(structure, graph))
        self._seen.setdefault(key, []).append(known)
        self._bytes += known.nbytes
        while self._bytes > self._limit and len(self._seen) > 1:
            oldest = next(iter(self._seen))
            self._bytes -= sum(old.nbytes for old in self._seen.pop(oldest))
        return known


def _without_shape(structure: Structure) -> tuple[Structure, RigidGraph]:
    """All pairs, for a molecule that is not finite: its loss must come out not finite too."""
    order = np.arange(structure.num_atoms, dtype=np.int32)
    every = pairs.every(structure.num_atoms).astype(np.int32)
    anchors = np.full((len(order), structure.dimensions + 1), -1, np.int32)
    reason = "Positions are not finite; all pairs are edges."
    return structure, RigidGraph(
        edges=every,
        kinds=np.full(len(every), Kind.CORE, np.uint8),
        order=order,
        anchors=anchors,
        affine_rank=-1,
        certificate=Certificate(Level.NONE, 0.0, reason),
    )
