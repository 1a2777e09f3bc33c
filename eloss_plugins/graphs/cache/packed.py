"""Rigid graphs as a few flat arrays, and back one by one."""

from collections.abc import Iterable, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.cache.array_file import ArrayFile, Damaged
from eloss_plugins.graphs.rigid.certificate import Certificate, Level
from eloss_plugins.graphs.rigid.graph import RigidGraph
from eloss_plugins.graphs.symmetry.group import Group

NAMES = {
    "atoms", "edges", "edge_ends", "kinds", "order", "anchors", "ranks", "levels", "singular",
    "reasons", "generators", "generator_ends",
}  # fmt: skip


class PackedGraphs(Sequence[RigidGraph]):
    """Graphs in arrays, made into objects when they are asked for.

    Args:
        file: what `pack` gave, mapped or not.

    Raises:
        Damaged: arrays that do not fit each other.
    """

    def __init__(self, file: ArrayFile) -> None:
        self.file = file
        if set(file.arrays) != NAMES:
            raise Damaged("it does not hold the arrays of graphs")
        self._check()

    def __len__(self) -> int:
        return len(self.file.arrays["atoms"]) - 1

    @overload
    def __getitem__(self, place: int) -> RigidGraph: ...
    @overload
    def __getitem__(self, place: slice) -> list[RigidGraph]: ...
    def __getitem__(self, place: int | slice) -> RigidGraph | list[RigidGraph]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(f"graph {place} of {len(self)}")
        return self._graph(place % len(self))

    def _graph(self, place: int) -> RigidGraph:
        of = self.file.arrays
        atoms = slice(int(of["atoms"][place]), int(of["atoms"][place + 1]))
        edges = slice(int(of["edge_ends"][place]), int(of["edge_ends"][place + 1]))
        return RigidGraph(
            edges=np.array(of["edges"][edges], np.int32),
            kinds=np.array(of["kinds"][edges], np.uint8),
            order=np.array(of["order"][atoms], np.int32),
            anchors=np.array(of["anchors"][atoms], np.int32),
            affine_rank=int(of["ranks"][place]),
            certificate=Certificate(
                Level(int(of["levels"][place])),
                float(of["singular"][place]),
                str(self.file.notes["reasons"][int(of["reasons"][place])]),
            ),
            group=self._group(place, atoms.stop - atoms.start),
        )

    def _group(self, place: int, num_atoms: int) -> Group | None:
        order = self.file.notes["orders"].get(str(place))
        if order is None:
            return None
        ends = self.file.arrays["generator_ends"]
        flat = self.file.arrays["generators"][int(ends[place]) : int(ends[place + 1])]
        rows = len(flat) // num_atoms if num_atoms else 0
        return Group(np.array(flat, np.int32).reshape(rows, num_atoms), int(order))

    def _check(self) -> None:
        of = self.file.arrays
        last = (int(of[name][-1]) if of[name].size else -1 for name in ("atoms", "edge_ends"))
        atoms, edges = last
        fits = (
            len(of["order"]) == len(of["anchors"]) == atoms
            and len(of["edges"]) == len(of["kinds"]) == edges
            and len({len(of[n]) for n in ("ranks", "levels", "singular", "reasons")}) == 1
            and len(of["edge_ends"]) == len(of["atoms"]) == len(of["ranks"]) + 1
        )
        if not fits or not {"reasons", "orders"} <= set(self.file.notes):
            raise Damaged("its arrays do not fit each other")


def pack(graphs: Iterable[RigidGraph], dimensions: int) -> ArrayFile:
    """Graphs as flat arrays.

    Args:
        graphs: any number.
        dimensions: D of the structures.
    """
    listed = list(graphs)
    reasons: dict[str, int] = {}
    known = [reasons.setdefault(graph.certificate.reason, len(reasons)) for graph in listed]
    groups = [graph.group for graph in listed]
    flat = [
        np.zeros(0, np.int32) if group is None else group.generators.reshape(-1) for group in groups
    ]
    short = np.int16 if all(graph.num_atoms < 2**15 for graph in listed) else np.int32
    none = np.zeros((0, 2), np.int32)
    anchors = [np.zeros((0, dimensions + 1), np.int32), *(graph.anchors for graph in listed)]
    arrays: dict[str, NDArray[Any]] = {
        "atoms": _ends([graph.num_atoms for graph in listed]),
        "edges": np.concatenate([none, *(graph.edges for graph in listed)]).astype(short),
        "edge_ends": _ends([graph.num_edges for graph in listed]),
        "kinds": np.concatenate([np.zeros(0, np.uint8), *(graph.kinds for graph in listed)]),
        "order": np.concatenate([none[:, 0], *(graph.order for graph in listed)]).astype(short),
        "anchors": np.concatenate(anchors).astype(short),
        "ranks": np.array([graph.affine_rank for graph in listed], np.int8),
        "levels": np.array([graph.certificate.level for graph in listed], np.uint8),
        "singular": np.array([graph.certificate.smallest_singular for graph in listed], float),
        "reasons": np.array(known, np.int32),
        "generators": np.concatenate([none[:, 0], *flat]).astype(short),
        "generator_ends": _ends([len(one) for one in flat]),
    }
    orders = {str(place): str(group.order) for place, group in enumerate(groups) if group}
    return ArrayFile(arrays, {"reasons": list(reasons), "orders": orders})


def _ends(counts: list[int]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
