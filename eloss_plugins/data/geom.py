"""GEOM-Drugs in the form that EDM trains on.

Axelrod, Gomez-Bombarelli, Sci. Data 9, 185 (2022). The published archive is about 50 GB, so it is
not downloaded here: EDM's build_geom_dataset.py makes the array that is read.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.data.dataset import DataSet
from eloss_plugins.data.folders import as_data_set
from eloss_plugins.data.places import data_folder
from eloss_plugins.data.readers.arrays import read_npy
from eloss_plugins.data.readers.geom_npy import read_geom_npy
from eloss_plugins.errors import EnvironmentProblem, UsageError

ARRAY_NAME = "geom_drugs_30.npy"
FILE_NAMES = (ARRAY_NAME,)
PERMUTATION_NAME = "geom_permutation.npy"
ARCHIVE_URL = "https://dataverse.harvard.edu/api/access/datafile/4360331"
SHARE = 0.1  # of valid and of test


def load_geom() -> DataSet:
    """GEOM-Drugs from the data folder.

    Raises:
        EnvironmentProblem: it is not there; the message says how to make it.
    """
    folder = data_folder("geom-drugs")
    if not (folder / ARRAY_NAME).is_file():
        raise EnvironmentProblem(
            f"{folder / ARRAY_NAME}: not there. It is made from {ARCHIVE_URL} (about 50 GB) by "
            "build_geom_dataset.py of github.com/ehoogeboom/e3_diffusion_for_molecules: run that "
            f"and put {ARRAY_NAME}, and {PERMUTATION_NAME} if you have it, in this folder."
        )
    return load_published(folder)


def load_published(folder: Path) -> DataSet:
    """EDM's array in `folder`: split as EDM does if its permutation is there, else by content."""
    permutation = folder / PERMUTATION_NAME
    molecules = read_geom_npy(folder / ARRAY_NAME)
    if not permutation.is_file():
        return as_data_set(str(folder), molecules)
    places = edm_split(_permutation(permutation, len(molecules)))
    return as_data_set(str(folder), molecules, places)


def edm_split(permutation: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
    """EDM's split: of the permuted conformers a tenth to valid, a tenth to test, the rest train."""
    each = int(SHARE * len(permutation))
    valid, test, train = np.split(permutation, [each, 2 * each])
    return {"train": train, "valid": valid, "test": test}


def _permutation(path: Path, count: int) -> NDArray[np.int64]:
    order = np.asarray(read_npy(path), dtype=np.int64)
    if not np.array_equal(np.sort(order), np.arange(count)):
        raise UsageError(
            f"{path}: expected a permutation of {count} conformers; got {order.size} numbers up "
            f"to {order.max(initial=0)}. It belongs to another version of {ARRAY_NAME}: remove it, "
            "or make the array again."
        )
    return order
