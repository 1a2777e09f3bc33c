"""The npy file that EDM's build_geom_dataset.py makes of GEOM-Drugs.

`(atoms, 5)` float: the conformer's running number, atomic number, and position in angstrom. Source:
build_geom_dataset.py of ehoogeboom/e3_diffusion_for_molecules at fce07d7.
"""

from pathlib import Path

import numpy as np

from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.data.readers.arrays import read_npy, whole_numbers
from eloss_plugins.errors import UsageError

COLUMNS = 5


def read_geom_npy(path: Path) -> MoleculeSet:
    """All conformers of the file.

    Raises:
        UsageError: another shape, or a damaged file.
    """
    table = read_npy(path)
    if table.ndim != 2 or table.shape[1] != COLUMNS or not np.issubdtype(table.dtype, np.number):
        raise UsageError(
            f"{path}: expected numbers of shape (atoms, {COLUMNS}): conformer, atomic number, "
            f"x, y, z; got {table.dtype} {table.shape}."
        )
    starts = np.flatnonzero(np.diff(table[:, 0], prepend=np.nan) != 0)
    return MoleculeSet(
        positions=np.asarray(table[:, 2:], dtype=np.float64),
        numbers=whole_numbers(path, "column 2", table[:, 1]),
        offsets=np.append(starts, len(table)).astype(np.int64),
    )
