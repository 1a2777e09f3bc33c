"""The bonds of a run's molecules: there for a trainer that wants them, and only then."""

from dataclasses import replace

import numpy as np

from eloss_plugins.data.perception import (
    Perceived,
    perceive_all,
    settle_all,
    states_bonds,
    with_perceived,
    without_bonds,
)
from eloss_plugins.trainers.parts import Parts
from eloss_plugins.trainers.ranks import Ranks

UNTOLD = "bonds cannot be told from distances"
UNKNOWN = "stated bonds cannot be written as single, double and triple ones"
STRANGE = "stated bonds are not all single, double, triple or aromatic"


def bonded(parts: Parts, ranks: Ranks, *, aromatic: bool = False) -> tuple[Parts, tuple[str, ...]]:
    """`parts` with the bonds that its trainer wants, and what there is to say about it.

    Bonds that the data state are taken, in orders that the model knows. Where they state none,
    rank 0 finds them and tells the others; molecules whose bonds cannot be told leave the splits.
    For a trainer that wants no bonds they are taken away, so that they fill no batch and change
    no run's identity.

    Args:
        parts: of the run.
        ranks: of the run.
        aromatic: whether the model knows aromatic bonds.
    """
    if not parts.spec.needs_bonds:
        return replace(parts, data=without_bonds(parts.data)), ()
    molecules = parts.data.molecules
    if states_bonds(molecules):
        settled = ranks.on_main(lambda: settle_all(molecules, aromatic=aromatic))
        if settled is None:
            return parts, ()
        return _filled(parts, settled, STRANGE if aromatic else UNKNOWN)
    return _filled(parts, ranks.on_main(lambda: perceive_all(molecules, aromatic=aromatic)), UNTOLD)


def _filled(parts: Parts, found: Perceived, why: str) -> tuple[Parts, tuple[str, ...]]:
    return replace(parts, data=with_perceived(parts.data, found)), _remarks(parts, found, why)


def _remarks(parts: Parts, found: Perceived, why: str) -> tuple[str, ...]:
    count = int(np.count_nonzero(found.failed))
    if not count:
        return ()
    first = parts.data.molecules[int(np.flatnonzero(found.failed)[0])].name
    return (
        f"{count} of {len(found.failed)} molecules are left out because their {why}, "
        f"the first of them {first}",
    )
