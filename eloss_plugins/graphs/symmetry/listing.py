"""All members of a small group."""

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.symmetry.group import Group

MOST_MEMBERS = 100_000


def list_members(group: Group) -> NDArray[np.int32]:
    """`(members, atoms)` int32 every permutation of a group, the identity first.

    The list ends early, with more rows than `group.order` says, when the generators make more
    than that: a caller that doubts the order compares the two.

    Raises:
        UsageError: the group has more than `MOST_MEMBERS` members; use generators or orbits.
    """
    if group.order > MOST_MEMBERS:
        raise UsageError(
            f"a group of order {group.order} is too large to list; at most {MOST_MEMBERS} members "
            "are listed. Work with its generators and orbits"
        )
    members = np.arange(group.num_atoms, dtype=np.int32)[None]
    known = {members[0].tobytes()}
    fresh = members
    while len(fresh) and len(members) <= group.order:
        images = [generator[fresh] for generator in group.generators]
        products = np.concatenate([fresh[:0], *images])
        new = [k for k, row in enumerate(products) if not _seen(row.tobytes(), known)]
        fresh = products[new]
        members = np.concatenate([members, fresh])
    return members


def _seen(member: bytes, known: set[bytes]) -> bool:
    if member in known:
        return True
    known.add(member)
    return False
