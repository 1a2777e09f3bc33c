"""Whether a structure bends, at its own coordinates."""

from numpy.typing import ArrayLike

from eloss_plugins.graphs.rigidity.generic import BENDS
from eloss_plugins.graphs.rigidity.stiffness import smallest_eigenvalue
from eloss_plugins.graphs.structure import Structure


def is_infinitesimally_rigid(structure: Structure, edges: ArrayLike) -> bool:
    """Whether every motion that keeps all edge lengths, to first order, keeps all distances.

    It is judged by the smallest stiffness eigenvalue in double precision: structures flatter than
    a millionth of their extent may count as bending where they do not.

    Args:
        structure: the coordinates.
        edges: `(edges, 2)`.
    """
    return smallest_eigenvalue(structure, edges) > BENDS
