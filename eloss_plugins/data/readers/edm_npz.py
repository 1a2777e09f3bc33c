"""npz files in the layout that EDM keeps QM9 in.

`num_atoms` `(molecules,)`, `charges` `(molecules, slots)` atomic numbers, `positions`
`(molecules, slots, 3)` angstrom; slots after a molecule's atoms are padding. Other arrays are
left alone. Source: qm9/data/prepare/qm9.py of ehoogeboom/e3_diffusion_for_molecules at fce07d7.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.data.readers.arrays import read_npz, whole_numbers
from eloss_plugins.errors import UsageError

ARRAYS = ("num_atoms", "charges", "positions")


def read_edm_npz(path: Path) -> MoleculeSet:
    """All molecules of one npz file.

    Raises:
        UsageError: another layout, or a damaged file.
    """
    num_atoms, charges, positions = read_npz(path, ARRAYS).values()
    _check_shapes(path, num_atoms, charges, positions)
    sizes = whole_numbers(path, "`num_atoms`", num_atoms)
    slots = charges.shape[1]
    if len(sizes) and not (sizes.min() >= 0 and sizes.max() <= slots):
        raise UsageError(
            f"{path}: expected num_atoms from 0 to {slots}, the slots of `charges`; "
            f"got {sizes.min()} to {sizes.max()}."
        )
    real = np.arange(slots) < sizes[:, None]
    return MoleculeSet(
        positions=positions[real].astype(np.float64),
        numbers=whole_numbers(path, "`charges`", charges[real]),
        offsets=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
    )


def _check_shapes(
    path: Path, num_atoms: NDArray[Any], charges: NDArray[Any], positions: NDArray[Any]
) -> None:
    if positions.ndim != 3 or not (
        positions.shape == (*charges.shape, 3) and num_atoms.shape == charges.shape[:1]
    ):
        raise UsageError(
            f"{path}: expected num_atoms (molecules,), charges (molecules, slots) and positions "
            f"(molecules, slots, 3); got {num_atoms.shape}, {charges.shape} and {positions.shape}."
        )
