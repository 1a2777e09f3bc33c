"""The order and generators of a group from its action on a few points, without listing it."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.symmetry.group import Permutation
from eloss_plugins.graphs.symmetry.orbits import join_orbits

Search = Callable[[int, int], Permutation | None]
"""`search(level, image)`: a member that fixes `base[:level]` and takes `base[level]` to `image`."""


def stabilizer_chain(
    base: Sequence[int],
    candidates: Sequence[NDArray[np.int64]],
    search: Search,
    num_points: int,
) -> tuple[list[Permutation], int]:
    """Generators and order of the group of which `search` finds members.

    By the orbit-stabiliser theorem the order is the product, over the levels, of how many images
    `base[level]` has under members that fix the points before it. The deepest level is done
    first. A candidate that known members reach from `base[level]` is an image and is not searched
    for, and what known members reach from a candidate that is none is none. So each search that
    succeeds at least doubles the group, and there are few generators.

    Args:
        base: points of which only the identity fixes all.
        candidates: for each level the points that may be images of `base[level]`.
        search: finds a member or says that there is none.
        num_points: how many points are permuted.
    """
    members: list[Permutation] = []
    orbit_of = np.arange(num_points)
    sizes = []
    for level in reversed(range(len(base))):
        refused: list[int] = []
        for image in candidates[level].tolist():
            if orbit_of[image] in (orbit_of[base[level]], *orbit_of[refused]):
                continue
            member = search(level, image)
            if member is None:
                refused.append(image)
            else:
                members.append(member)
                orbit_of = join_orbits(orbit_of, member)
        sizes.append(int(np.count_nonzero(orbit_of == orbit_of[base[level]])))
    return members, math.prod(sizes)
