"""Parts of a data set, by size or as a share: `bundled:heavy=1-4,train=25%`."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.data.dataset import DataSet
from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.data.share import SYNTAX as SHARE_SYNTAX
from eloss_plugins.data.share import is_share, read_share, share_of
from eloss_plugins.errors import UsageError

SYNTAX = (
    "heavy=4, heavy=1-4, heavy<=4, heavy>=4 (heavy atoms), atoms=... (all atoms) or "
    f"{SHARE_SYNTAX} (of the training molecules)"
)
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
    return all(_CONDITION.fullmatch(one) or is_share(one) for one in _conditions(text))


def select(data: DataSet, conditions: str) -> DataSet:
    """The molecules that meet all of the comma-separated `conditions`, splits kept.

    A share is of those training molecules that meet the conditions of size, wherever it stands.

    Raises:
        UsageError: a condition that cannot be read, or that leaves a split empty.
    """
    wanted = _wanted(data, _conditions(conditions))
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


def _conditions(text: str) -> list[str]:
    return [condition.strip() for condition in text.split(",")]


def _wanted(data: DataSet, conditions: Sequence[str]) -> Mask:
    wanted = np.ones(len(data.molecules), dtype=bool)
    for condition in conditions:
        if not is_share(condition):
            wanted &= _meets(data.molecules, condition)
    shares = [read_share(condition) for condition in conditions if is_share(condition)]
    if shares:
        train = data.splits["train"][wanted[data.splits["train"]]]
        wanted[train] = False
        wanted[share_of(data.molecules, train, min(shares))] = True
    return wanted


def _meets(molecules: MoleculeSet, condition: str) -> Mask:
    match = _CONDITION.fullmatch(condition)
    if match is None or (match[4] and match[2] != "="):
        raise UsageError(f"expected a condition such as {SYNTAX}; got {condition!r}")
    counts = _COUNTS[match[1]](molecules)
    if match[4]:
        return (counts >= int(match[3])) & (counts <= int(match[4]))
    return _COMPARISONS[match[2]](counts, int(match[3]))
