"""Random pairs of any length, in whole orbits: they tie the far ends of a structure together."""

import numpy as np

from eloss_plugins.graphs.rigid.graph import Kind
from eloss_plugins.graphs.symmetry.growth import Growth

PRICES = (0.5, 1.0)
"""Edges for each image of an atom and of its partner that a random pair may bring: as many as in
a matching if there are such pairs, else twice that."""

DENSE = 6.5
"""Edges an atom from which on a graph is tied together well enough without random ones."""


def add_long(growth: Growth, matchings: int, seed: int) -> None:
    """Add orbits of random pairs in which every atom has about one edge, for each matching.

    Orbits of atoms are taken in random order. One that has no random edge yet in this matching
    gets that of a pair drawn from those with few images; its partner then has one as well.
    """
    rng = np.random.default_rng(seed)
    labels = growth.table.atom_labels
    firsts = np.unique(labels, return_index=True)[1]
    for _ in range(matchings):
        waiting = set(labels[firsts].tolist())
        for atom in rng.permutation(firsts).tolist():
            if labels[atom] not in waiting or growth.edges_per_atom() >= DENSE:
                continue
            partner = _partner(growth, atom, rng)
            waiting -= {labels[atom], labels[partner]}


def _partner(growth: Growth, atom: int, rng: np.random.Generator) -> int:
    """Choose the orbit of a random pair of an atom; the other atom of it, or itself if none."""
    table = growth.table
    free = table.apart[atom] & ~growth.chosen[table.labels[atom]]
    alike = table.atom_labels == table.atom_labels[atom]
    tied = table.orbit_sizes[atom] + np.where(alike, 0, table.orbit_sizes)
    price = table.sizes[table.labels[atom]] / tied
    for most in PRICES:
        partners = np.flatnonzero(free & (price <= most))
        if len(partners):
            partner = int(rng.choice(partners))
            growth.choose(table.labels[atom, [partner]], Kind.LONG)
            return partner
    return atom
