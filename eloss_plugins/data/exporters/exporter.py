"""What an exporter declares, and what it is given to write."""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.data.dataset import DataSet
from eloss_plugins.data.molecules import MoleculeSet

if TYPE_CHECKING:
    from rdkit import Chem


def all_atoms(molecules: MoleculeSet) -> NDArray[np.int64]:
    """`(molecules,)` atoms in each molecule."""
    return molecules.sizes


@dataclass(frozen=True)
class Prepared:
    """A data set that fits an upstream.

    Attributes:
        data: its molecules and splits.
        packed: for exporters with bonds, each molecule as RDKit packs it; empty for others.
    """

    data: DataSet
    packed: tuple[bytes, ...] = ()

    def with_bonds(self, split: str) -> "Iterator[Chem.Mol]":
        """The molecules of one split as RDKit's, sanitised, coordinates to float32."""
        from rdkit import Chem

        return (Chem.Mol(self.packed[place]) for place in self.data.splits[split].tolist())


@dataclass(frozen=True)
class Exporter:
    """One upstream's input format.

    Attributes:
        title: whose code reads it, for messages.
        elements: atomic numbers that this code knows.
        sizes: numbers of atoms that it takes; `sizes_text` says them.
        sizes_text: in words.
        files: what is written, below the folder.
        write: writes `files` below a folder; returns remarks for the user.
        command: how the upstream trains on what lies in a folder.
        caches: what the upstream derives from `files` and would go on reading, below the folder.
        needs_bonds: whether `write` reads `Prepared.packed`.
        count: the atoms that `sizes` is about.
    """

    title: str
    elements: tuple[int, ...]
    sizes: Container[int]
    sizes_text: str
    files: tuple[str, ...]
    write: Callable[[Prepared, Path], tuple[str, ...]]
    command: Callable[[DataSet, Path], str]
    caches: tuple[str, ...] = ()
    needs_bonds: bool = False
    count: Callable[[MoleculeSet], NDArray[np.int64]] = field(default=all_atoms)
