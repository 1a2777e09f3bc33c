"""What holds a structure together at short range: its bonds, or its nearest neighbours."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.structure import Structure

REACH = 3.0  # angstrom; the longest bond of the rule is 2.76
SPACE = 3


def with_bonds(structure: Structure) -> Structure:
    """The structure with its bonds; those of EDM's distance rule where they are not given.

    Raises:
        UsageError: neither bonds nor atomic numbers are known.
    """
    if structure.bonds is not None:
        return structure
    if structure.numbers is None or structure.dimensions != SPACE:
        raise UsageError(
            "core=bonds needs the bonds, or atoms in space with atomic numbers to find them by; "
            "this batch has neither. Use core=neighbours"
        )
    return replace(structure, bonds=bonds_by_distance(structure.positions, structure.numbers))


def with_what_is_known(structure: Structure) -> Structure:
    """The structure with its bonds where they are given or can be found, else without."""
    known = structure.bonds is not None or structure.numbers is not None
    return with_bonds(structure) if known and structure.dimensions == SPACE else structure


def without_bonds(structure: Structure) -> Structure:
    """The structure as points, whose nearest neighbours stand for bonds."""
    return replace(structure, bonds=None)


CORES: Mapping[str, Callable[[Structure], Structure]] = {
    "auto": with_what_is_known,
    "bonds": with_bonds,
    "neighbours": without_bonds,
}


def bonds_by_distance(
    positions: NDArray[np.float64], numbers: NDArray[np.int64]
) -> NDArray[np.int64]:
    """`(bonds, 2)` by EDM's rule, in time linear in the atoms of a molecule of usual density."""
    from scipy.spatial import cKDTree

    from eloss_plugins.chem.bonds import bond_orders

    close = cKDTree(positions).query_pairs(REACH, output_type="ndarray").astype(np.int64)
    difference = positions[close[:, 0]] - positions[close[:, 1]]
    orders = bond_orders(numbers[close], np.sqrt(np.square(difference).sum(axis=1)))
    bonds: NDArray[np.int64] = close[orders > 0]
    return bonds
