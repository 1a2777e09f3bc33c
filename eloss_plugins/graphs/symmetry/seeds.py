"""The first atoms: a few whole orbits whose edges fix them, from a simplex that is joined."""

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.rigid.graph import Kind
from eloss_plugins.graphs.rigid.hull import spanning_simplex
from eloss_plugins.graphs.symmetry.group import Group
from eloss_plugins.graphs.symmetry.growth import Growth
from eloss_plugins.graphs.symmetry.large_seeds import plant_large

MOST_JOINED = 10
"""Up to so many atoms all pairs of the seed become edges: 45 at most."""

Atoms = NDArray[np.int64]


def plant(growth: Growth, group: Group) -> Atoms:
    """Choose the orbits of a seed; returns the `rank + 1` atoms that come first.

    A seed is a union of orbits of atoms that spans the flat of all. If there are some of few
    atoms, all pairs of the one that adds the fewest edges become edges. Of large orbits, such as
    rings, as few orbits of pairs are taken as fix the seed.
    """
    unions = _unions(growth)
    small = [atoms for atoms in unions if len(atoms) <= MOST_JOINED]
    if small:
        best = min(small, key=lambda atoms: growth.new_edges(growth.labels_within(atoms)))
        growth.choose(growth.labels_within(best), Kind.CERTIFICATE)
        return _simplex(growth, best)
    return plant_large(growth, group, unions[0])


def _unions(growth: Growth) -> list[Atoms]:
    """The smallest orbits, each of which widens the flat of those before; and single orbits."""
    labels = growth.table.atom_labels
    orbits = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    orbits.sort(key=len)
    singles = [orbit for orbit in orbits if len(orbit) <= MOST_JOINED and _spans(growth, orbit)]
    return [_widening(growth, orbits), *singles]


def _widening(growth: Growth, orbits: list[Atoms]) -> Atoms:
    union = orbits[0]
    for orbit in orbits[1:]:
        if _spans(growth, union):
            break
        wider = np.concatenate([union, orbit])
        if len(_simplex(growth, wider)) > len(_simplex(growth, union)):
            union = wider
    return np.sort(union) if _spans(growth, union) else np.arange(growth.table.num_atoms)


def _simplex(growth: Growth, atoms: Atoms) -> Atoms:
    """Atoms of a set that rise high enough above each other, as many as there are."""
    chosen, heights = spanning_simplex(growth.points[atoms], 0.0)
    low = heights < growth.rises[1 : len(heights) + 1]
    return atoms[chosen[: 1 + (int(low.argmax()) if low.any() else len(heights))]]


def _spans(growth: Growth, atoms: Atoms) -> bool:
    return len(_simplex(growth, atoms)) == len(growth.rises)
