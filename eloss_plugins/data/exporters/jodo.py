"""QM9 as published, for JODO, whose own code makes its PyTorch Geometric data set of it.

Source: datasets/qm9_dataset.py of GRAPH-0/JODO at 0e6326a. Below its root it reads an SD file with
bonds, a table of properties and a list of molecules to leave out, all from `raw`, and the split
from `processed` if it is there; without it, any other data than QM9 stops it.
"""

import shlex
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from eloss_plugins.atomic_write import atomic_write, atomic_write_text
from eloss_plugins.data.dataset import SPLITS, DataSet
from eloss_plugins.data.exporters.exporter import Exporter, Prepared

if TYPE_CHECKING:
    from rdkit import Chem

STRUCTURES = "raw/gdb9.sdf"
TABLE = "raw/gdb9.sdf.csv"
LEFT_OUT = "raw/uncharacterized.txt"
SPLIT = "processed/split_dict_qm9.pt"
DERIVED = "processed/data_qm9.pt"

COLUMNS = (
    *("mol_id", "A", "B", "C", "mu", "alpha", "homo", "lumo", "gap", "r2", "zpve"),
    *("u0", "u298", "h298", "g298", "cv", "u0_atom", "u298_atom", "h298_atom", "g298_atom"),
)
UNKNOWN = "nan"
LARGEST = 29
"""Atoms in the largest molecule of `data.max_node` in JODO's configurations."""


def _write(prepared: Prepared, folder: Path) -> tuple[str, ...]:
    for place in (STRUCTURES, SPLIT):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
    count = len(prepared.data.molecules)
    atomic_write(folder / STRUCTURES, partial(_write_structures, prepared=prepared))
    atomic_write_text(folder / TABLE, "".join(_table(count)))
    atomic_write_text(folder / LEFT_OUT, "No molecule is left out.\n")
    atomic_write(folder / SPLIT, partial(_write_split, prepared=prepared))
    return ()


def _write_structures(stream: BinaryIO, prepared: Prepared) -> None:
    """One record a molecule, split after split, so that the splits are ranges."""
    number = 0
    for split in SPLITS:
        for molecule in prepared.with_bonds(split):
            number += 1
            stream.write(record(molecule, f"gdb_{number}").encode())


def record(molecule: "Chem.Mol", name: str) -> str:
    """One record of an SD file, single and double bonds alternating in aromatic rings."""
    from rdkit import Chem

    molecule.SetProp("_Name", name)
    return str(Chem.MolToMolBlock(molecule, kekulize=True)) + "$$$$\n"


def _table(count: int) -> Iterator[str]:
    """Properties, which are not known: a row a molecule, not a number in every column."""
    yield ",".join(COLUMNS) + "\n"
    unknown = "," + ",".join([UNKNOWN] * (len(COLUMNS) - 1)) + "\n"
    for number in range(1, count + 1):
        yield f"gdb_{number}{unknown}"


def _write_split(stream: BinaryIO, prepared: Prepared) -> None:
    """Places in the SD file; tensors, which `torch.load` takes without trusting the file."""
    import torch

    ends = np.cumsum([0, *(len(prepared.data.splits[name]) for name in SPLITS)]).tolist()
    ranges = zip(SPLITS, ends, ends[1:], strict=False)
    torch.save({name: torch.arange(first, end) for name, first, end in ranges}, stream)


def _command(_: DataSet, folder: Path) -> str:
    return (
        "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD=1 python main.py --mode train --workdir exp "
        "--config configs/vpsde_qm9_uncond_jodo.py "
        f"--config.data.root {shlex.quote(str(folder))}"
    )


EXPORTER = Exporter(
    title="JODO's QM9 code",
    elements=(1, 6, 7, 8, 9),
    sizes=range(1, LARGEST + 1),
    sizes_text=f"up to {LARGEST} atoms",
    files=(STRUCTURES, TABLE, LEFT_OUT, SPLIT),
    write=_write,
    command=_command,
    caches=(DERIVED,),
    needs_bonds=True,
)
