"""The layout that EDM keeps QM9 in, for EDM, GDM and their many descendants.

Source: qm9/data/prepare/qm9.py and qm9/data/dataset_class.py of
ehoogeboom/e3_diffusion_for_molecules at fce07d7.
"""

import shlex
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.atomic_write import atomic_write
from eloss_plugins.data.dataset import SPLITS, DataSet
from eloss_plugins.data.exporters.exporter import Exporter, Prepared
from eloss_plugins.data.molecules import Molecule, MoleculeSet

FOLDER = "qm9"
"""Below what EDM's `--datadir` names."""

THERMOCHEMICAL = ("U0", "U", "H", "G", "zpve", "Cv")
PROPERTIES = (
    *("A", "B", "C", "mu", "alpha", "homo", "lumo", "gap", "r2", "omega1", *THERMOCHEMICAL),
    *(f"{name}_thermo" for name in THERMOCHEMICAL),
)
"""Arrays that EDM reads when it is trained on a condition."""

FILLER = Molecule(
    np.array(
        [
            [-0.7452, -1.5938, -0.6029],
            [-0.3054, -0.5117, -0.9039],
            [0.1666, 0.3572, 0.1302],
            [0.0803, -0.1171, 1.4058],
            [-0.4159, 1.2862, 0.0615],
            [1.2196, 0.5791, -0.0907],
        ]
    ),
    np.array([8, 7, 6, 9, 1, 1]),
    "O=NCF",
)
"""The smallest bundled molecule of H, C, N, O and F, angstrom, GFN2-xTB."""


def write_edm(data: DataSet, folder: Path) -> None:
    """`train.npz`, `valid.npz` and `test.npz` in `folder`, padded to the largest molecule.

    The layout is that of `readers.edm_npz`, with `index` the place in `data`; the properties that
    EDM keeps beside it are not known here and not a number.

    Raises:
        OSError: no space, no permission.
    """
    folder.mkdir(parents=True, exist_ok=True)
    slots = int(data.molecules.sizes.max(initial=0))
    for name in SPLITS:
        unknown = dict.fromkeys(PROPERTIES, np.full(len(data.splits[name]), np.nan))
        arrays = padded(data.split(name), slots) | {"index": data.splits[name]} | unknown
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


def filled(data: DataSet) -> tuple[DataSet, tuple[str, ...]]:
    """`data` with every element in every split, and the splits to which a molecule was added.

    EDM makes its one-hot columns of the elements it finds, and stops where splits differ in them;
    its model has five columns whatever it finds. So a split without, say, fluorine gets one
    molecule that has all five.
    """
    lacking = tuple(name for name in SPLITS if not _has_all(data.split(name)))
    added = MoleculeSet.from_molecules([FILLER] * len(lacking))
    first = len(data.molecules)
    splits = dict(data.splits)
    for place, name in enumerate(lacking):
        splits[name] = np.append(splits[name], first + place)
    molecules = MoleculeSet.concatenate([data.molecules, added])
    return replace(data, molecules=molecules, splits=splits), lacking


def _has_all(molecules: MoleculeSet) -> bool:
    return set(EXPORTER.elements) <= set(molecules.numbers.tolist())


def _write(prepared: Prepared, folder: Path) -> tuple[str, ...]:
    data, lacking = filled(prepared.data)
    write_edm(data, folder / FOLDER)
    if not lacking:
        return ()
    return (
        f"EDM wants H C N O F in each split: one {FILLER.name} was added to {', '.join(lacking)}.",
    )


def _command(_: DataSet, folder: Path) -> str:
    return f"python main_qm9.py --datadir {shlex.quote(str(folder))}"


EXPORTER = Exporter(
    title="EDM's QM9 code",
    elements=(1, 6, 7, 8, 9),
    sizes=frozenset({*range(3, 28), 29}),  # the keys of its histogram; others raise KeyError
    sizes_text="3 to 27 or 29 atoms",
    files=tuple(f"{FOLDER}/{name}.npz" for name in SPLITS),
    write=_write,
    command=_command,
)
