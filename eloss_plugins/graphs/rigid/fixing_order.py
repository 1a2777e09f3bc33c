"""The order in which atoms are fixed: breadth first over core edges, from a far-flung simplex."""

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.jit import compiled


@compiled
def fixing_order(
    starts: NDArray[np.int64],
    members: NDArray[np.int64],
    sites: NDArray[np.int64],
    simplex: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Every atom once.

    Args:
        starts: `(atoms + 1,)` where the neighbours of each atom begin in `members`.
        members: neighbours end to end.
        sites: `(atoms,)` first atom at the place of each.
        simplex: atoms that come first.

    Returns:
        `(atoms,)` the simplex, then what it reaches, then part by part what it does not; atoms
        that coincide with an earlier one come last.
    """
    order = np.empty(len(sites), np.int64)
    seen = sites != np.arange(len(sites))
    order[: len(simplex)] = simplex
    seen[simplex] = True
    count = _spread(starts, members, seen, order, len(simplex), 0)
    for atom in range(len(sites)):
        if not seen[atom]:
            order[count] = atom
            seen[atom] = True
            count = _spread(starts, members, seen, order, count + 1, count)
    for atom in range(len(sites)):
        if sites[atom] != atom:
            order[count] = atom
            count += 1
    return order


@compiled
def _spread(
    starts: NDArray[np.int64],
    members: NDArray[np.int64],
    seen: NDArray[np.bool_],
    order: NDArray[np.int64],
    count: int,
    done: int,
) -> int:
    """Append what the atoms from place `done` on reach; the new count."""
    while done < count:
        for k in range(starts[order[done]], starts[order[done] + 1]):
            atom = members[k]
            if not seen[atom]:
                order[count] = atom
                seen[atom] = True
                count += 1
        done += 1
    return count
