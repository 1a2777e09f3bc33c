"""The bonds of a run's molecules: there for a trainer that wants them, and only then."""

from dataclasses import replace

import numpy as np

from eloss_plugins.data.perception import (
    Perceived,
    perceive_all,
    states_bonds,
    with_perceived,
    without_bonds,
)
from eloss_plugins.trainers.parts import Parts
from eloss_plugins.trainers.ranks import Ranks


def bonded(parts: Parts, ranks: Ranks) -> tuple[Parts, tuple[str, ...]]:
    """`parts` with the bonds that its trainer wants, and what there is to say about it.

    Bonds that the data state are taken. Where they state none, rank 0 finds them and tells the
    others; molecules whose bonds cannot be told leave the splits. For a trainer that wants no
    bonds they are taken away, so that they fill no batch and change no run's identity.
    """
    if not parts.spec.needs_bonds:
        return replace(parts, data=without_bonds(parts.data)), ()
    if states_bonds(parts.data.molecules):
        return parts, ()
    found = ranks.on_main(lambda: perceive_all(parts.data.molecules))
    return replace(parts, data=with_perceived(parts.data, found)), _remarks(parts, found)


def _remarks(parts: Parts, found: Perceived) -> tuple[str, ...]:
    count = int(np.count_nonzero(found.failed))
    if not count:
        return ()
    first = parts.data.molecules[int(np.flatnonzero(found.failed)[0])].name
    return (
        f"{count} of {len(found.failed)} molecules are left out because their bonds cannot be told "
        f"from distances, the first of them {first}",
    )
