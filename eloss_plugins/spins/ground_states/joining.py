"""The least set of edges with given ends, by PyMatching."""

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.spins.ground_states.planar import OUTSIDE, Bits


def least_join(
    ends: NDArray[np.int64],
    weights: NDArray[np.int64],
    odd: NDArray[np.uint8],
    kept: Bits | None = None,
) -> Bits:
    """The edges of least weight that meet just the nodes `odd` an odd number of times.

    Args:
        ends: `(2, edges)` nodes; `OUTSIDE` may be met any number of times.
        weights: `(edges,)` whole and not negative.
        odd: `(nodes,)` 1 for nodes to be met an odd number of times.
        kept: `(edges,)` the edges to choose from; None for all.

    Returns:
        `(edges,)` true for edges that are in it.

    Raises:
        ValueError: there is no such set.
    """
    from pymatching import Matching

    graph = Matching()
    graph.ensure_num_fault_ids(len(weights))  # an edge that takes another's place does not
    for edge in range(len(weights)) if kept is None else np.flatnonzero(kept).tolist():
        _add(graph, int(ends[0, edge]), int(ends[1, edge]), int(weights[edge]), edge)
    syndrome = odd[: graph.num_detectors]
    if odd[graph.num_detectors :].any():
        raise ValueError("a node to be met has no edge")
    return np.asarray(graph.decode(syndrome), np.bool_)


def _add(graph: object, one: int, other: int, weight: int, edge: int) -> None:
    """Of two edges with the same ends the lighter one is enough."""
    options = {"weight": weight, "fault_ids": edge, "merge_strategy": "smallest-weight"}
    if OUTSIDE in (one, other):
        graph.add_boundary_edge(max(one, other), **options)  # type: ignore[attr-defined]
    else:
        graph.add_edge(one, other, **options)  # type: ignore[attr-defined]
