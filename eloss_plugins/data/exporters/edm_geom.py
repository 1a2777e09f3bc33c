"""The files that EDM keeps GEOM-Drugs in.

Source: build_geom_dataset.py of ehoogeboom/e3_diffusion_for_molecules at fce07d7, which cuts the
permuted conformers into a tenth for validation, a tenth for testing and the rest for training.
"""

import shlex
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.atomic_write import atomic_write
from eloss_plugins.data.dataset import DataSet
from eloss_plugins.data.exporters.exporter import Exporter, Prepared
from eloss_plugins.data.geom import ARRAY_NAME, PERMUTATION_NAME, edm_split
from eloss_plugins.data.molecules import MoleculeSet

FOLDER = "data/geom"
"""The one place where EDM looks, below the working directory."""

FILES = (f"{FOLDER}/{ARRAY_NAME}", f"{FOLDER}/{PERMUTATION_NAME}")
ORDER = ("valid", "test", "train")


def table_of(molecules: MoleculeSet) -> NDArray[np.float64]:
    """`(atoms, 5)`: conformer, atomic number, x, y, z in angstrom."""
    conformers = np.repeat(np.arange(len(molecules)), molecules.sizes)
    return np.column_stack([conformers, molecules.numbers, molecules.positions])


def permutation_of(data: DataSet) -> NDArray[np.int64]:
    """`(molecules,)` places in the order in which EDM cuts them."""
    return np.concatenate([data.splits[name] for name in ORDER])


def moved(data: DataSet) -> int:
    """How many molecules EDM's own tenths put into another split than `data` has them in."""
    theirs = edm_split(permutation_of(data))
    return sum(len(np.setdiff1d(data.splits[name], theirs[name])) for name in ORDER)


def _write(prepared: Prepared, folder: Path) -> tuple[str, ...]:
    data = prepared.data
    (folder / FOLDER).mkdir(parents=True)
    _save(folder / FILES[0], table_of(data.molecules))
    _save(folder / FILES[1], permutation_of(data))
    count = moved(data)
    if not count:
        return ()
    return (f"EDM cuts valid and test at a tenth each: {count} molecules change their split.",)


def _save(file: Path, array: NDArray[np.generic]) -> None:
    atomic_write(file, partial(np.save, arr=array))


def _command(_: DataSet, folder: Path) -> str:
    return f"cd {shlex.quote(str(folder))} && python CHECKOUT/main_geom_drugs.py"


EXPORTER = Exporter(
    title="EDM's GEOM code",
    elements=(1, 5, 6, 7, 8, 9, 13, 14, 15, 16, 17, 33, 35, 53, 80, 83),
    # the keys of its histogram; others raise KeyError
    sizes=frozenset({*range(3, 150), 151, 152, 155, 159, 160, 165, 171, 175, 176, 181}),
    sizes_text="3 to 149 atoms or some numbers up to 181",
    files=FILES,
    write=_write,
    command=_command,
)
