"""Seeds of many atoms, such as rings and cages: few orbits of pairs that fix them."""

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.rigid.graph import Kind
from eloss_plugins.graphs.symmetry.group import Group
from eloss_plugins.graphs.symmetry.growth import Growth
from eloss_plugins.graphs.symmetry.listing import list_members
from eloss_plugins.graphs.symmetry.simplices import start_that_fixes

MOST_MEMBERS = 8192
"""Groups of up to so many members are searched for one that goes around a ring."""

SPARE_RANKS = 2
"""Ranks of short pairs that are offered beyond those that suffice: fewer, longer ones may do."""

PRUNINGS = 6
"""Orders in which orbits are taken out, besides the largest first."""

Atoms = NDArray[np.int64]


def plant_large(growth: Growth, group: Group, atoms: Atoms) -> Atoms:
    """Choose few orbits of pairs that fix some atoms; returns those that come first.

    Two pools of orbits are there to choose from: powers of one member of the group that goes
    around the largest orbit of atoms, each atom then being fixed by those before it on the way;
    and, if there is no such member, short pairs. Orbits that are not needed are taken out again.
    """
    pool = _ring_pool(growth, group, atoms)
    if not len(pool) or _start_with(growth, atoms, pool) is None:
        pool = _short_pool(growth, atoms)
    found = [_pruned(growth, atoms, order) for order in _orders(growth, pool)]
    growth.choose(min(found, key=growth.new_edges), Kind.CERTIFICATE)
    simplex = start_that_fixes(growth, atoms)
    assert simplex is not None, "a pool that fixes the seed was pruned as long as it does"
    return simplex


def _start_with(growth: Growth, atoms: Atoms, pool: Atoms) -> Atoms | None:
    """Where the orbits of a pool, with those chosen already, fix the seed from."""
    before = growth.kinds.copy()
    growth.choose(pool, Kind.CERTIFICATE)
    simplex = start_that_fixes(growth, atoms)
    growth.kinds = before
    return simplex


def _orders(growth: Growth, pool: Atoms) -> list[Atoms]:
    """Orders to prune a pool in: the largest and longest first, and random ones."""
    rng = np.random.default_rng(0)
    largest = pool[::-1][np.argsort(-growth.table.sizes[pool[::-1]], kind="stable")]
    return [largest, *(rng.permutation(pool) for _ in range(PRUNINGS))]


def _pruned(growth: Growth, atoms: Atoms, order: Atoms) -> Atoms:
    """What is left of a pool when all that the seed does without is taken out, in this order."""
    left = order[~growth.chosen[order]]
    for label in left:
        without = left[left != label]
        if _start_with(growth, atoms, without) is not None:
            left = without
    return left


def _short_pool(growth: Growth, atoms: Atoms) -> Atoms:
    """The shortest pairs between any two orbits of atoms, the next, ...; as many as suffice."""
    ranked = _by_rank_in_class(growth, atoms)
    low, high = 0, 1
    while high < len(ranked) and _start_with(growth, atoms, np.concatenate(ranked[:high])) is None:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        fails = _start_with(growth, atoms, np.concatenate(ranked[:middle])) is None
        low, high = (middle, high) if fails else (low, middle)
    return np.concatenate(ranked[: high + SPARE_RANKS])


def _by_rank_in_class(growth: Growth, atoms: Atoms) -> list[Atoms]:
    """Orbits of pairs of the seed, the shortest of each pair of orbits of atoms in front."""
    labels = growth.labels_within(atoms)
    first, second = growth.table.pair_of(labels)
    lengths = np.linalg.norm(growth.points[first] - growth.points[second], axis=1)
    classes = np.sort(growth.table.atom_labels[np.stack([first, second], axis=1)], axis=1)
    order = np.lexsort((growth.table.sizes[labels], np.round(lengths, 6), *classes.T))
    new = np.append(True, (np.diff(classes[order], axis=0) != 0).any(axis=1))
    places = np.arange(len(order))
    ranks = places - np.maximum.accumulate(np.where(new, places, 0))
    return [labels[order[ranks == rank]] for rank in range(int(ranks.max()) + 1)]


def _ring_pool(growth: Growth, group: Group, atoms: Atoms) -> Atoms:
    """Pairs (v, g v), (v, g g v), ... in the largest orbit, and all that other atoms are in.

    Of the members g that go through the whole orbit, one whose powers make a simplex that is high
    enough and that adds the fewest edges; no pool if there is none.
    """
    if group.order > MOST_MEMBERS:
        return atoms[:0]
    labels, counts = np.unique(growth.table.atom_labels[atoms], return_counts=True)
    ring = atoms[growth.table.atom_labels[atoms] == labels[counts.argmax()]]
    ways = _ways_around(list_members(group), ring)
    steps = [way[: len(growth.rises) + 1] for way in ways]
    good = [step for step in steps if _is_high(growth, step)]
    if not good:
        return atoms[:0]
    table = growth.table.labels
    best = min(good, key=lambda step: growth.new_edges(table[step[0], step[1:]]))
    others = np.setdiff1d(atoms, ring)
    apart = growth.table.apart[np.ix_(others, atoms)]
    return np.unique(np.append(table[best[0], best[1:]], table[np.ix_(others, atoms)][apart]))


def _ways_around(members: NDArray[np.int32], ring: Atoms) -> list[Atoms]:
    """The first atom of an orbit and its images under the powers of members that reach all."""
    here = np.full(len(members), ring[0])
    way = [here]
    early = np.zeros(len(members), np.bool_)
    for _ in range(len(ring) - 1):
        here = members[np.arange(len(members)), here]
        early |= here == ring[0]
        way.append(here)
    return list(np.stack(way, axis=1)[~early].astype(np.int64))


def _is_high(growth: Growth, step: Atoms) -> bool:
    """Whether points rise above each other as far as those of a ring in a plane can."""
    arms = growth.points[step] - growth.points[step[0]]
    for k, rise in enumerate(growth.rises[1 : len(step)][:2], 1):
        height = np.linalg.norm(arms[k])
        if height < rise:
            return False
        axis = arms[k] / height
        arms = arms - np.outer(arms @ axis, axis)
    return True
