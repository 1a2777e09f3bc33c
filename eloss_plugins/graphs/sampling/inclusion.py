"""With which probability each pair is drawn."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def inclusion(stiffness: Floats, expected: float, uniform: float) -> Floats:
    """Probabilities in proportion to stiffness, mixed with equal ones, that sum to `expected`.

    A pair's gradient is in proportion to its stiffness where errors are alike, and then these
    probabilities give the least variance that the expected number of pairs allows. The equal
    share bounds the weights 1 / p of soft pairs, whose errors may be large. Pairs that would get
    more than 1 get 1, and the rest of the expected number goes to the others.

    Args:
        stiffness: `(pairs,)` >= 0.
        expected: mean number of pairs in a draw; from the number of pairs on, all are certain.
        uniform: share of equal probabilities, 0 to 1; 1 where no pair has stiffness.

    Returns:
        `(pairs,)` 0 to 1; 0 only for stiffness 0 with `uniform` 0.
    """
    if expected >= len(stiffness):
        return np.ones(len(stiffness))
    wanted = _wanted(stiffness, uniform)
    largest_first = np.argsort(-wanted, kind="stable")
    certain = _how_many_certain(wanted[largest_first], expected)
    found = np.ones(len(wanted))
    rest = largest_first[certain:]
    total = wanted[rest].sum()
    found[rest] = np.minimum(1.0, wanted[rest] * ((expected - certain) / total if total else 0.0))
    return found


def _wanted(stiffness: Floats, uniform: float) -> Floats:
    total = stiffness.sum()
    if not total > 0:
        return np.full(len(stiffness), 1 / max(1, len(stiffness)))
    wanted: Floats = (1 - uniform) * stiffness / total + uniform / len(stiffness)
    return wanted


def _how_many_certain(descending: Floats, expected: float) -> int:
    """The fewest pairs that, once certain, leave no other above 1."""
    behind = np.cumsum(descending[::-1])[::-1]
    left = expected - np.arange(len(descending))
    fits = left * descending <= behind
    return int(np.argmax(fits)) if fits.any() else int(expected)
