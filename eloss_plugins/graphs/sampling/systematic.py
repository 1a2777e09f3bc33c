"""Systematic sampling: one number between 0 and 1 decides a whole draw.

The pairs lie side by side on a line, each as long as its probability. A comb with teeth one apart,
shifted by the random number, picks the pairs that it touches: each with its probability exactly,
and as many as the probabilities sum to, up to one. Pairs that are neighbours on the line are never
drawn together more often than they must; in the order of their first atoms every atom gets its
share, which makes sums over pairs vary less than independent draws do.

Reference: Madow, On the theory of systematic sampling II, Ann. Math. Stat. 20, 333 (1949).
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def draw(ends: Floats, starts: Integers, shifts: Floats) -> tuple[Integers, Integers]:
    """Draw from the pairs of several molecules at once; a pure function of `shifts`.

    Args:
        ends: `(pairs,)` running sums of the probabilities, of each molecule from its own 0.
        starts: `(molecules + 1,)` places of each molecule's first pair, and the end.
        shifts: `(molecules,)` one number in [0, 1) for each molecule.

    Returns:
        `(drawn,)` places in `ends`, ascending within a molecule, and `(drawn,)` the molecule of
        each.
    """
    totals = _totals(ends, starts)
    counts = np.ceil(totals - shifts).clip(min=0).astype(np.int64)
    molecule = np.repeat(np.arange(len(counts)), counts)
    tooth = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    # On one line for all molecules: each begins where the one before ends.
    base = np.cumsum(totals) - totals
    line = ends + np.repeat(base, np.diff(starts))
    found = np.searchsorted(line, base[molecule] + shifts[molecule] + tooth, side="right")
    # Adding `base` rounds: a tooth just inside the last pair must not fall behind it.
    return np.clip(found, starts[molecule], starts[molecule + 1] - 1), molecule


def _totals(ends: Floats, starts: Integers) -> Floats:
    some = starts[1:] > starts[:-1]
    totals = np.zeros(len(starts) - 1)
    totals[some] = ends[starts[1:][some] - 1]
    return totals
