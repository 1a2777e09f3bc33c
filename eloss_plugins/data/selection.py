"""Parts of a data set by size: `bundled:heavy=1-4`, or in quotes `bundled:heavy<=4`."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.data.dataset import DataSet
from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.errors import UsageError

SYNTAX = "heavy=4, heavy=1-4, heavy<=4, heavy>=4 (heavy atoms) or atoms=... (all atoms)"
_CONDITION = re.compile(r"(heavy|atoms)\s*(<=|>=|<|>|=)\s*(\d+)(?:-(\d+))?")

Mask = NDArray[np.bool_]
Counts = NDArray[np.int64]


def heavy_atoms(molecules: MoleculeSet) -> Counts:
    """`(molecules,)` atoms other than hydrogen."""
    running = np.concatenate([[0], np.cumsum(molecules.numbers > 1)])
    return np.asarray(np.diff(running[molecules.offsets]), dtype=np.int64)


_COUNTS: Mapping[str, Callable[[MoleculeSet], Counts]] = {
    "heavy": heavy_atoms,
    "atoms": lambda molecules: molecules.sizes,
}
_COMPARISONS: Mapping[str, Callable[[Counts, int], Mask]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}


def is_selection(text: str) -> bool:
    """Whether `text` reads as conditions, rather than as a part of a path."""
    return all(_CONDITION.fullmatch(condition.strip()) for condition in text.split(","))


def select(data: DataSet, conditions: str) -> DataSet:
    """The molecules that meet all of the comma-separated `conditions`, splits kept.

    Raises:
        UsageError: a condition that cannot be read, or that leaves a split empty.
    """
    wanted = np.ones(len(data.molecules), dtype=bool)
    for condition in conditions.split(","):
        wanted &= _meets(data.molecules, condition.strip())
    new_place = np.cumsum(wanted) - 1
    splits = {name: new_place[kept[wanted[kept]]] for name, kept in data.splits.items()}
    empty = [name for name, kept in splits.items() if len(kept) == 0]
    if empty:
        raise UsageError(
            f"expected molecules in every split of {data.name!r} with {conditions!r}; "
            f"got none in {', '.join(empty)}. Choose a wider range of sizes."
        )
    molecules = data.molecules.subset(np.flatnonzero(wanted))
    counts = {"molecules": len(molecules), "atoms": len(molecules.numbers)}
    card = {**data.card, **counts, "selection": conditions}
    name = f"{data.name}:{conditions}"
    return replace(data, name=name, molecules=molecules, splits=splits, card=card)


def _meets(molecules: MoleculeSet, condition: str) -> Mask:
    match = _CONDITION.fullmatch(condition)
    if match is None or (match[4] and match[2] != "="):
        raise UsageError(f"expected a condition such as {SYNTAX}; got {condition!r}")
    counts = _COUNTS[match[1]](molecules)
    if match[4]:
        return (counts >= int(match[3])) & (counts <= int(match[4]))
    return _COMPARISONS[match[2]](counts, int(match[3]))
