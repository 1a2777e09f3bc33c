"""All that a draw needs to know of a molecule, made once."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.sampling import pairs
from eloss_plugins.graphs.sampling.inclusion import inclusion

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Stiffness = Callable[[Integers], Floats]

NEIGHBOURS = 256
"""Of an atom, whose pairs with it have probabilities of their own; in molecules of up to 257 atoms
those are all pairs. With the exponential law what lies beyond is 1e-4 of the nearest; with 64 the
far field of 3000 atoms makes a draw vary as much as equally likely pairs do."""

LOOKED_AT = 8  # pairs an atom that tell how stiff the far field is
LEAST_DRAWN = 0.5  # pairs an atom that are drawn, however many are certain


@dataclass(frozen=True, eq=False)
class Plan:
    """Three kinds of pairs that together are all pairs of a molecule, each pair of one kind.

    Attributes:
        num_atoms: of the molecule.
        certain: `(pairs, 2)` always taken.
        near: `(pairs, 2)` int32, drawn with probabilities of their own.
        ends: `(near,)` running sums of these probabilities.
        far_rate: probability of every pair of neither list; 0 where there is none.
        keys: sorted numbers of the pairs of both lists where there is a far field; else empty.
    """

    num_atoms: int
    certain: Integers
    near: NDArray[np.int32]
    ends: Floats
    far_rate: float
    keys: Integers

    @property
    def nbytes(self) -> int:
        """Memory of the arrays."""
        arrays = (self.certain, self.near, self.ends, self.keys)
        return sum(array.nbytes for array in arrays)


def plan(
    positions: Floats,
    certain: Integers,
    stiffness: Stiffness,
    *,
    edges_per_atom: float,
    uniform: float,
) -> Plan:
    """The plan for one molecule, in time and memory linear in its atoms.

    Args:
        positions: `(atoms, D)` angstrom.
        certain: `(pairs, 2)` pairs i < j that are always taken.
        stiffness: of any `(pairs, 2)`, `(pairs,)` >= 0.
        edges_per_atom: mean number of pairs in a draw by the number of atoms, certain ones
            counted; half a pair an atom is drawn even where that is more.
        uniform: see `inclusion`.
    """
    num_atoms = len(positions)
    certain = certain[np.argsort(pairs.key(certain, num_atoms))]
    listed = _without(pairs.near(positions, NEIGHBOURS), certain, num_atoms)
    keys = np.sort(pairs.key(np.concatenate([certain, listed]), num_atoms))
    far = pairs.count(num_atoms) - len(keys)
    stiff = stiffness(listed)
    drawn = max(edges_per_atom * num_atoms - len(certain), LEAST_DRAWN * num_atoms)
    share = _far_share(num_atoms, keys, stiff.sum(), stiffness) if far else 0.0
    to_far = drawn * ((1 - uniform) * share + uniform * far / max(1, far + len(listed)))
    return Plan(
        num_atoms=num_atoms,
        certain=certain,
        near=listed.astype(np.int32),
        ends=np.cumsum(inclusion(stiff, drawn - to_far, uniform)),
        far_rate=min(1.0, to_far / far) if far else 0.0,
        keys=keys if far else keys[:0],
    )


def _without(listed: Integers, certain: Integers, num_atoms: int) -> Integers:
    known = np.isin(pairs.key(listed, num_atoms), pairs.key(certain, num_atoms))
    return listed[~known]


def _far_share(num_atoms: int, keys: Integers, near: float, stiffness: Stiffness) -> float:
    """The share of the far field in the stiffness of all that is not certain, estimated.

    The estimate has no influence on the mean of a draw, only on how much draws vary.
    """
    every = pairs.count(num_atoms)
    looked_at = pairs.at_rank(np.linspace(0, every - 1, LOOKED_AT * num_atoms).astype(np.int64))
    looked_at = looked_at[~is_listed(pairs.key(looked_at, num_atoms), keys)]
    far = stiffness(looked_at).mean() * (every - len(keys)) if len(looked_at) else 0.0
    return float(far / (far + near)) if far + near > 0 else 1.0


def is_listed(wanted: Integers, keys: Integers) -> NDArray[np.bool_]:
    """Which of the `wanted` numbers are among the sorted `keys`."""
    if not len(keys):
        return np.zeros(len(wanted), np.bool_)
    place = np.searchsorted(keys, wanted).clip(max=len(keys) - 1)
    found: NDArray[np.bool_] = keys[place] == wanted
    return found
