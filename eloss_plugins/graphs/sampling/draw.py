"""One draw of pairs for a batch of molecules, a pure function of two numbers for each."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.sampling import pairs, systematic
from eloss_plugins.graphs.sampling.plan import Plan, is_listed

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Drawn:
    """Pairs of several molecules, each pair once.

    Attributes:
        pairs: `(drawn, 2)` atoms of their own molecule, i < j.
        molecule: `(drawn,)`.
        weight: `(drawn,)` inverse of each pair's probability: the weighted sum of anything over
            the pairs has the sum over all pairs for its mean.
    """

    pairs: Integers
    molecule: Integers
    weight: Floats


def draw(plans: Sequence[Plan], shifts: Floats) -> Drawn:
    """Draw pairs from every plan.

    Args:
        plans: of the molecules.
        shifts: `(molecules, 2)` numbers in [0, 1), the first for the near field, the second for
            the far one. Uniform and independent ones make the draw unbiased.
    """
    if not plans:
        return Drawn(np.zeros((0, 2), np.int64), np.zeros(0, np.int64), np.zeros(0))
    return _joined([_certain(plans), _near(plans, shifts[:, 0]), *_far(plans, shifts[:, 1])])


def _joined(parts: Sequence[Drawn]) -> Drawn:
    return Drawn(
        np.concatenate([part.pairs for part in parts]),
        np.concatenate([part.molecule for part in parts]),
        np.concatenate([part.weight for part in parts]),
    )


def _certain(plans: Sequence[Plan]) -> Drawn:
    listed = np.concatenate([plan.certain for plan in plans])
    molecule = np.repeat(np.arange(len(plans)), [len(plan.certain) for plan in plans])
    return Drawn(listed, molecule, np.ones(len(listed)))


def _near(plans: Sequence[Plan], shifts: Floats) -> Drawn:
    starts = np.cumsum([0, *(len(plan.near) for plan in plans)])
    ends = np.concatenate([plan.ends for plan in plans])
    place, molecule = systematic.draw(ends, starts, shifts)
    listed = np.concatenate([plan.near for plan in plans])[place].astype(np.int64)
    # The length that a pair has on the line, digit by digit, is what it was drawn with.
    before = np.where(place == starts[molecule], 0.0, ends[place - 1])
    return Drawn(listed, molecule, 1 / (ends[place] - before))


def _far(plans: Sequence[Plan], shifts: Floats) -> Iterator[Drawn]:
    """All pairs at equal rates, without those of the lists; of large molecules alone."""
    for place, (plan, shift) in enumerate(zip(plans, shifts.tolist(), strict=True)):
        if plan.far_rate:
            yield _far_of(plan, place, shift)


def _far_of(plan: Plan, place: int, shift: float) -> Drawn:
    every = pairs.count(plan.num_atoms)
    teeth = max(0, math.ceil(plan.far_rate * every - shift))
    rank = ((shift + np.arange(teeth)) / plan.far_rate).astype(np.int64)
    found = pairs.at_rank(rank.clip(max=every - 1))
    found = found[~is_listed(pairs.key(found, plan.num_atoms), plan.keys)]
    return Drawn(found, np.full(len(found), place), np.full(len(found), 1 / plan.far_rate))
