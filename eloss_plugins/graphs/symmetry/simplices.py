"""Simplices of joined atoms, from which the edges may fix others."""

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.symmetry.growth import Growth

MOST_SIMPLICES = 8
"""Tried as the start of a seed."""

Atoms = NDArray[np.int64]


def start_that_fixes(growth: Growth, atoms: Atoms) -> Atoms | None:
    """`rank + 1` of some atoms, all joined, from which the edges fix all of them; None if none."""
    for simplex in _joined_simplices(growth, atoms)[:MOST_SIMPLICES]:
        _, how = growth.fixed_from(simplex)
        if how[atoms].all():
            return simplex
    return None


def _joined_simplices(growth: Growth, atoms: Atoms) -> list[Atoms]:
    """Simplices of joined atoms, the highest first; each with the atom that has fewest edges.

    Of each orbit of atoms one is looked at: to the group, all are alike.
    """
    joined = growth.neighbours()
    firsts = atoms[np.unique(growth.table.atom_labels[atoms], return_index=True)[1]]
    first = int(firsts[joined[np.ix_(firsts, atoms)].sum(axis=1).argmin()])
    seconds = atoms[joined[first, atoms]].tolist()
    found = [_completed(growth, joined, first, second, atoms) for second in seconds]
    found.sort(key=lambda one: -one[1])
    return [simplex for simplex, height in found if height > 0]


def _completed(
    growth: Growth, joined: NDArray[np.bool_], first: int, second: int, atoms: Atoms
) -> tuple[Atoms, float]:
    """Two joined atoms and others, each the highest of those joined to all before.

    Returns:
        The atoms, and the least of their heights in units of what is wanted; 0 if one is too low.
    """
    arms = growth.points - growth.points[first]
    simplex, common = [first], np.array([second])
    least = np.inf
    for rise in growth.rises[1:]:
        heights = np.linalg.norm(arms[common], axis=1)
        if not len(common) or heights.max() < rise:
            return np.array(simplex), 0.0
        simplex.append(int(common[heights.argmax()]))
        least = min(least, float(heights.max() / rise))
        common = atoms[joined[simplex][:, atoms].all(axis=0)]
        axis = arms[simplex[-1]] / heights.max()
        arms = arms - np.outer(arms @ axis, axis)
    return np.array(simplex), least
