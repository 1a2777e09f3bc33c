"""What can be said of edges that come without an order in which they fix the atoms."""

import numpy as np
from numpy.typing import ArrayLike

from eloss_plugins.graphs.rigid.certificate import Certificate, Level
from eloss_plugins.graphs.rigid.verify import verify
from eloss_plugins.graphs.rigidity.edge_list import checked_edges
from eloss_plugins.graphs.rigidity.generic import is_globally_rigid
from eloss_plugins.graphs.rigidity.infinitesimal import is_infinitesimally_rigid
from eloss_plugins.graphs.structure import Structure


def certify(structure: Structure, edges: ArrayLike) -> Certificate:
    """COMPLETE, GENERIC or NONE for any edges at a structure's coordinates, with the reason.

    No order is searched for, so LATERATION is never found: that takes `verify` and an order.
    Tests are those of `eloss_plugins.graphs.rigidity`, in double precision for many atoms.

    Args:
        structure: the coordinates.
        edges: `(edges, 2)`.
    """
    checked = checked_edges(edges, structure.num_atoms)
    no_anchors = np.full((structure.num_atoms, 1), -1)
    whole = verify(structure, checked, np.arange(structure.num_atoms), no_anchors)
    if whole.level == Level.COMPLETE:
        return whole
    if not is_infinitesimally_rigid(structure, checked):
        return Certificate(Level.NONE, 0.0, "The structure can bend without a change of length.")
    if is_globally_rigid(structure.num_atoms, checked, structure.dimensions):
        reason = "The structure does not bend, and almost all placements of the graph are unique."
        return Certificate(Level.GENERIC, 0.0, reason)
    return Certificate(Level.NONE, 0.0, "Placements of the graph have others of equal lengths.")
