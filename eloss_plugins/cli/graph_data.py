"""The molecules whose graphs are wanted, and which of them a training would see together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.data.checks import SMALLEST_SET
from eloss_plugins.data.load import load
from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.data.readers import read_molecules
from eloss_plugins.data.readers.source import expand
from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.cache.structures import Structures


@dataclass(frozen=True, eq=False)
class Chosen:
    """Molecules.

    Attributes:
        molecules: all of them, in the order of the data.
        parts: places in them that belong together, those of the training first.
    """

    molecules: MoleculeSet
    parts: tuple[NDArray[np.int64], ...]


def chosen(name_or_path: str) -> Chosen:
    """What a name or path stands for; a file too small to train on is taken as well.

    Raises:
        UsageError: an unknown name, or data with faults.
        EnvironmentProblem: a file cannot be read.
    """
    try:
        data = load(name_or_path)
    except UsageError:
        few = _few(name_or_path)
        if few is None:
            raise
        return Chosen(few, (np.arange(len(few)),))
    train = np.asarray(data.splits["train"], np.int64)
    rest = np.setdiff1d(np.arange(len(data.molecules)), train)
    return Chosen(data.molecules, (train, rest))


def structures_of(molecules: MoleculeSet) -> Structures:
    """The molecules without their names."""
    return Structures(molecules.positions, molecules.offsets, molecules.numbers)


def _few(path: str) -> MoleculeSet | None:
    """The molecules of a file with too few of them for three splits; None if it is no such."""
    file = expand(path)
    if not file.is_file():
        return None
    molecules = read_molecules(file)
    if not 0 < len(molecules) < SMALLEST_SET:
        return None
    for molecule in molecules:
        if not len(molecule) or not np.isfinite(molecule.positions).all():
            raise UsageError(
                f"{file}: expected atoms at finite positions; {molecule.name} has "
                f"{'some that are not finite' if len(molecule) else 'no atoms'}."
            )
    return molecules
