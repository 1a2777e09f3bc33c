"""Edge sets: which pairs of atoms a pair loss sums over."""

from collections.abc import Mapping

from eloss_plugins.core.edges.bonds import BondEdges
from eloss_plugins.core.edges.complete import Complete, complete_edges
from eloss_plugins.core.edges.edge_set import Edges, EdgeSet, edges_from_user, for_law

EDGE_SETS: Mapping[str, type[EdgeSet]] = {"complete": Complete, "bonds": BondEdges}

__all__ = [
    "EDGE_SETS",
    "BondEdges",
    "Complete",
    "EdgeSet",
    "Edges",
    "complete_edges",
    "edges_from_user",
    "for_law",
]
