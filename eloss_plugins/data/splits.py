"""Train, valid and test of data that come without: by content, so that order does not matter."""

import hashlib

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.data.dataset import SPLITS
from eloss_plugins.data.molecules import MoleculeSet

SHARES = (0.8, 0.1, 0.1)
DECIMALS = 4  # coordinates that agree to 1e-4 angstrom are the same content


def split_by_content(molecules: MoleculeSet) -> dict[str, NDArray[np.int64]]:
    """Places of train, valid and test, about 80, 10 and 10 %.

    Each molecule goes where the hash of its elements and coordinates sends it, whatever the others
    are; equal molecules go together. If that leaves a split empty, the molecules are dealt out in
    the order of their hashes, so that three molecules or more give three splits.
    """
    shares = content_fractions(molecules)
    edges = np.cumsum(SHARES)[:-1]
    splits = np.searchsorted(edges, shares, side="right")
    if len(np.unique(splits)) < len(SPLITS):
        splits = _dealt(shares)
    return {name: np.flatnonzero(splits == code) for code, name in enumerate(SPLITS)}


def content_fractions(molecules: MoleculeSet, *, first_byte: int = 0) -> NDArray[np.float64]:
    """`(molecules,)` hashes of elements and coordinates, as fractions of one.

    Args:
        molecules: what is hashed, each for itself.
        first_byte: where in the hash the six bytes start that make the fraction. Fractions from
            bytes that do not overlap are independent of each other.
    """
    steps = np.round(molecules.positions * 10**DECIMALS).astype("<i8")
    numbers = molecules.numbers.astype("<i8")
    fractions = np.empty(len(molecules))
    for place, (start, end) in enumerate(
        zip(molecules.offsets[:-1].tolist(), molecules.offsets[1:].tolist(), strict=True)
    ):
        content = numbers[start:end].tobytes() + steps[start:end].tobytes()
        digest = hashlib.sha256(content).digest()
        fractions[place] = int.from_bytes(digest[first_byte : first_byte + 6], "little") / 2**48
    return fractions


def _dealt(fractions: NDArray[np.float64]) -> NDArray[np.int64]:
    """A tenth each to valid and test, at least one, those with the largest hashes."""
    each = max(1, round(SHARES[-1] * len(fractions)))
    order = np.argsort(fractions, kind="stable")
    splits = np.zeros(len(fractions), dtype=np.int64)
    splits[order[-2 * each :]] = 1
    splits[order[-each:]] = 2
    return splits
