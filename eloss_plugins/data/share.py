"""A share of the training molecules, to see what a loss makes of less data: `train=25%`."""

import re
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.data.splits import content_fractions
from eloss_plugins.errors import UsageError

SYNTAX = "train=25%"
BEHIND_SPLITS = 6  # bytes: the first six of the hash decide on the split
_CONDITION = re.compile(r"train\s*=\s*(.*)")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,9})?)\s*%")


def is_share(condition: str) -> bool:
    """Whether `condition` reads as a share, sound or not, rather than as a condition of size."""
    return _CONDITION.fullmatch(condition) is not None


def read_share(condition: str) -> Fraction:
    """The share that `train=25%` names, exactly.

    Raises:
        UsageError: it is no percentage, 0 %, or over 100 %.
    """
    match = _CONDITION.fullmatch(condition)
    percent = _PERCENT.fullmatch(match[1]) if match else None
    share = Fraction(percent[1]) / 100 if percent else Fraction(0)
    if not 0 < share <= 1:
        raise UsageError(
            f"expected a share of the training molecules above 0 % and up to 100 %, such as "
            f"{SYNTAX}; got {condition!r}"
        )
    return share


def share_of(
    molecules: MoleculeSet, places: NDArray[np.int64], share: Fraction
) -> NDArray[np.int64]:
    """Those of `places`, ascending, that the share keeps: the smallest hashes, rounded down.

    The hash is of elements and coordinates, so the order of the molecules does not matter, and a
    smaller share lies within a larger one.

    Raises:
        UsageError: there are molecules, and the share leaves none of them.
    """
    count = int(len(places) * share)
    if len(places) and not count:
        percent = float(100 * share)
        raise UsageError(
            f"expected a share that leaves a training molecule or more; got {percent:g} % of "
            f"{len(places)}. Take {100 / len(places):.3g} % or more."
        )
    hashes = content_fractions(molecules.subset(places), first_byte=BEHIND_SPLITS)
    return np.sort(places[np.argsort(hashes, kind="stable")[:count]])
