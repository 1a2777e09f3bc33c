"""Files and folders of the user's own."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.data.checks import check_for_training
from eloss_plugins.data.dataset import SPLITS, DataSet
from eloss_plugins.data.elements import Elements
from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.data.readers import READERS, ending_of, read_molecules
from eloss_plugins.data.splits import split_by_content
from eloss_plugins.errors import UsageError
from eloss_plugins.progress import progress

MANY_FILES = 1000  # from here on, reading shows progress


def load_path(path: Path) -> DataSet:
    """The data set in a file or folder.

    A folder that holds `train`, `valid` and `test` in one format is taken as split; any other data
    is split by content.

    Raises:
        UsageError: nothing to read, a file with faults, or molecules unfit to train on.
    """
    if not path.is_dir():
        return as_data_set(str(path), read_molecules(path))
    files = split_files(path)
    if files:
        return _load_split(path, files)
    return as_data_set(str(path), _read_folder(path))


def as_data_set(
    source: str, molecules: MoleculeSet, splits: Mapping[str, NDArray[np.int64]] | None = None
) -> DataSet:
    """Molecules, checked, with their splits; split by content when they come without.

    Raises:
        UsageError: a split is empty, or the molecules are unfit to train on.
    """
    check_for_training(molecules, source)
    splits = split_by_content(molecules) if splits is None else splits
    empty = [name for name in SPLITS if len(splits[name]) == 0]
    if empty:
        raise UsageError(f"{source}: expected molecules in every split; got none in {empty[0]}.")
    elements = Elements.present_in(molecules.numbers).numbers
    card: dict[str, str | int | float] = {
        "source": source,
        "molecules": len(molecules),
        "atoms": len(molecules.numbers),
    }
    ascending = {name: np.sort(splits[name]) for name in SPLITS}
    return DataSet(source, molecules, ascending, elements, card)


def joined(source: str, parts: Mapping[str, MoleculeSet]) -> DataSet:
    """Molecules that come as one set for each split, checked.

    Raises:
        UsageError: a split is empty, or the molecules are unfit to train on.
    """
    molecules = MoleculeSet.concatenate([parts[name] for name in SPLITS])
    ends = np.cumsum([len(parts[name]) for name in SPLITS])
    places = np.split(np.arange(len(molecules)), ends[:-1])
    return as_data_set(source, molecules, dict(zip(SPLITS, places, strict=True)))


def split_files(folder: Path) -> dict[str, Path]:
    """The files `train`, `valid` and `test` of one format; empty when they are not all there."""
    for ending in READERS:
        found = {
            name: file
            for name in SPLITS
            for file in (folder / f"{name}{ending}", folder / f"{name}{ending}.gz")
            if file.is_file()
        }
        if len(found) == len(SPLITS):
            return found
    return {}


def _load_split(folder: Path, files: dict[str, Path]) -> DataSet:
    return joined(str(folder), {name: read_molecules(file) for name, file in files.items()})


def _read_folder(folder: Path) -> MoleculeSet:
    files = sorted(file for file in folder.rglob("*") if _is_data(file, folder))
    if not files:
        raise UsageError(
            f"{folder}: expected files that end in {', '.join(READERS)}; found none in the folder."
        )
    if len(files) < MANY_FILES:
        return MoleculeSet.concatenate([read_molecules(file) for file in files])
    with progress("reading files", len(files)) as bar:
        sets = []
        for file in files:
            sets.append(read_molecules(file))
            bar.advance()
    return MoleculeSet.concatenate(sets)


def _is_data(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    return not hidden and ending_of(file) in READERS and file.is_file()
