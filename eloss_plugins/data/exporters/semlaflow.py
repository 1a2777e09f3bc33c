"""The files that SemlaFlow trains on.

Source: semlaflow/util/molrepr.py, `to_bytes` and `from_bytes`, of rssrwn/semla-flow at 2f41e57: a
pickled list with one pickle a molecule, each a dictionary of tensors, none of its own classes.
"""

import pickle
import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from eloss_plugins.atomic_write import atomic_write
from eloss_plugins.data.dataset import SPLITS, DataSet
from eloss_plugins.data.exporters.exporter import Exporter, Prepared

if TYPE_CHECKING:
    from rdkit import Chem

NAMES = {"train": "train", "valid": "val", "test": "test"}
PROTOCOL = 4
"""Of the pickles, as SemlaFlow writes them."""

BOND_NUMBERS = {"SINGLE": 1, "DOUBLE": 2, "TRIPLE": 3, "AROMATIC": 4}
LARGEST_QM9, LARGEST = 30, 192
"""Atoms that its largest buckets hold, with `--dataset qm9` and `--dataset geom-drugs`."""

VALIDATED = 2000
"""Molecules of validation that it draws by default, without replacement."""


def _write(prepared: Prepared, folder: Path) -> tuple[str, ...]:
    for split in SPLITS:
        file = folder / f"{NAMES[split]}.smol"
        atomic_write(file, partial(_write_split, prepared=prepared, split=split))
    return ()


def _write_split(stream: BinaryIO, prepared: Prepared, split: str) -> None:
    packed = [molecule_bytes(molecule) for molecule in prepared.with_bonds(split)]
    pickle.dump(packed, stream, protocol=PROTOCOL)


def molecule_bytes(molecule: "Chem.Mol") -> bytes:
    """One molecule: coordinates in angstrom, atomic numbers, bonds, formal charges, SMILES."""
    import torch
    from rdkit import Chem

    atoms, bonds = list(molecule.GetAtoms()), list(molecule.GetBonds())
    ends = [[bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()] for bond in bonds]
    positions = molecule.GetConformer().GetPositions().astype(np.float32)
    content = {
        "coords": torch.from_numpy(positions),
        "atomics": torch.tensor([atom.GetAtomicNum() for atom in atoms]),
        "bond_indices": torch.tensor(ends, dtype=torch.int64).reshape(-1, 2),
        "bond_types": torch.tensor([BOND_NUMBERS[bond.GetBondType().name] for bond in bonds]),
        "charges": torch.tensor([atom.GetFormalCharge() for atom in atoms]),
        "device": "cpu",
        "id": Chem.MolToSmiles(molecule),
    }
    return pickle.dumps(content, protocol=PROTOCOL)


def _command(data: DataSet, folder: Path) -> str:
    small = int(data.molecules.sizes.max()) <= LARGEST_QM9
    validated = min(VALIDATED, len(data.splits["valid"]))
    return (
        f"python -m semlaflow.train --data_path {shlex.quote(str(folder))} "
        f"--dataset {'qm9' if small else 'geom-drugs'} --n_validation_mols {validated}"
    )


EXPORTER = Exporter(
    title="SemlaFlow",
    elements=(1, 5, 6, 7, 8, 9, 13, 14, 15, 16, 17, 33, 35, 53, 80, 83),
    sizes=range(2, LARGEST + 1),
    sizes_text=f"2 to {LARGEST} atoms",
    files=tuple(f"{name}.smol" for name in NAMES.values()),
    write=_write,
    command=_command,
    needs_bonds=True,
)
