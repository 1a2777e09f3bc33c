"""The files that TABASCO makes its data base of.

Source: src/tabasco/data/components/lmdb_unconditional.py of carlosinator/tabasco at 35d5ed8: a list
of pairs, of which the second is the molecule as RDKit's; hydrogens are removed there.
"""

import shlex
from functools import partial
from pathlib import Path
from typing import BinaryIO

from eloss_plugins.atomic_write import atomic_write
from eloss_plugins.data.dataset import SPLITS, DataSet
from eloss_plugins.data.exporters.exporter import Exporter, Prepared
from eloss_plugins.data.selection import heavy_atoms

NAMES = {"train": "train", "valid": "val", "test": "test"}
FILES = {split: f"processed_geom_{name}.pt" for split, name in NAMES.items()}
"""The names in its configurations, whatever the data."""

DATABASE = "lmdb_geom"
LARGEST = 10_000


def _write(prepared: Prepared, folder: Path) -> tuple[str, ...]:
    (folder / DATABASE).mkdir()
    for split in SPLITS:
        atomic_write(folder / FILES[split], partial(_write_split, prepared=prepared, split=split))
    return ()


def _write_split(stream: BinaryIO, prepared: Prepared, split: str) -> None:
    import torch

    torch.save([(None, molecule) for molecule in prepared.with_bonds(split)], stream)


def _command(_: DataSet, folder: Path) -> str:
    places = {
        "data_dir": folder / FILES["train"],
        "val_data_dir": folder / FILES["valid"],
        "test_data_dir": folder / FILES["test"],
        "lmdb_dir": folder / DATABASE,
    }
    settings = (f"datamodule.{key}={shlex.quote(str(path))}" for key, path in places.items())
    return f"python src/train.py experiment=hot_geom trainer=gpu {' '.join(settings)}"


EXPORTER = Exporter(
    title="TABASCO",
    elements=(1, 6, 7, 8, 9, 16, 17, 35, 53),
    sizes=range(1, LARGEST + 1),
    sizes_text="at least one atom other than H",
    files=tuple(FILES.values()),
    write=_write,
    command=_command,
    caches=(f"{DATABASE}/*",),
    needs_bonds=True,
    count=heavy_atoms,
)
