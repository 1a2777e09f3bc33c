"""Writing a data set in the layout that EDM keeps QM9 in, for use in its own trainer."""

from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.atomic_write import atomic_write
from eloss_plugins.data.dataset import SPLITS, DataSet
from eloss_plugins.data.molecules import MoleculeSet


def write_edm(data: DataSet, folder: Path) -> None:
    """`train.npz`, `valid.npz` and `test.npz` in `folder`, padded to the largest molecule.

    The layout is that of `readers.edm_npz`, with `index` the place in `data`; the properties that
    EDM keeps beside it are not known here and not written.

    Raises:
        OSError: no space, no permission.
    """
    folder.mkdir(parents=True, exist_ok=True)
    slots = int(data.molecules.sizes.max(initial=0))
    for name in SPLITS:
        arrays = padded(data.split(name), slots) | {"index": data.splits[name]}
        atomic_write(folder / f"{name}.npz", partial(_save, arrays=arrays))


def _save(stream: BinaryIO, arrays: dict[str, Any]) -> None:
    np.savez_compressed(stream, **arrays)


def padded(molecules: MoleculeSet, slots: int) -> dict[str, NDArray[Any]]:
    """The arrays of EDM's layout, each molecule in `slots` slots, zero where there is no atom."""
    real = np.arange(slots) < molecules.sizes[:, None]
    charges = np.zeros(real.shape, dtype=np.int64)
    positions = np.zeros((*real.shape, 3))
    charges[real] = molecules.numbers
    positions[real] = molecules.positions
    return {"num_atoms": molecules.sizes, "charges": charges, "positions": positions}
