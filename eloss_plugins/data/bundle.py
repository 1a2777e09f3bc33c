"""The file of the bundled set: compressed arrays without pickles."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.data.dataset import SPLITS, DataSet
from eloss_plugins.data.elements import FIRST_ELEMENTS
from eloss_plugins.data.molecules import MoleculeSet

STEPS_PER_ANGSTROM = 10_000  # coordinates are stored in whole steps of 1e-4 angstrom
BUNDLE_FILE = Path(__file__).parent / "bundled" / "molecules.npz"
SPLIT_PARTS = (8, 1, 1)


@dataclass(frozen=True)
class Bundle:
    """The stored arrays.

    Attributes:
        coordinates: `(atoms, 3)` int32, steps of 1e-4 angstrom.
        numbers: `(atoms,)` uint8, atomic numbers.
        sizes: `(molecules,)` uint8, atoms in each molecule.
        splits: `(molecules,)` uint8, 0 train, 1 valid, 2 test.
        smiles: `(bytes,)` uint8, canonical SMILES in ASCII, one line each.
    """

    coordinates: NDArray[np.int32]
    numbers: NDArray[np.uint8]
    sizes: NDArray[np.uint8]
    splits: NDArray[np.uint8]
    smiles: NDArray[np.uint8]

    @classmethod
    def pack(
        cls,
        smiles: Sequence[str],
        numbers: Sequence[NDArray[np.int64]],
        positions: Sequence[NDArray[np.float64]],
    ) -> "Bundle":
        """Molecules as stored arrays; the split of each follows from its SMILES."""
        steps = np.round(np.concatenate(positions) * STEPS_PER_ANGSTROM)
        return cls(
            coordinates=steps.astype(np.int32),
            numbers=np.concatenate(numbers).astype(np.uint8),
            sizes=np.array([len(each) for each in numbers], dtype=np.uint8),
            splits=np.array([split_of(each) for each in smiles], dtype=np.uint8),
            smiles=np.frombuffer("\n".join(smiles).encode("ascii"), dtype=np.uint8),
        )

    def names(self) -> tuple[str, ...]:
        """The SMILES, one a molecule."""
        return tuple(self.smiles.tobytes().decode("ascii").split("\n"))

    def molecules(self) -> MoleculeSet:
        """The molecules, named by their SMILES."""
        return MoleculeSet(
            positions=self.coordinates.astype(np.float64) / STEPS_PER_ANGSTROM,
            numbers=self.numbers.astype(np.int64),
            offsets=np.concatenate([[0], np.cumsum(self.sizes, dtype=np.int64)]).astype(np.int64),
            names=self.names(),
        )

    def content_hash(self) -> str:
        """SHA-256 over the arrays, little-endian, in the order of the fields."""
        digest = hashlib.sha256()
        for entry in fields(self):
            array: NDArray[np.generic] = getattr(self, entry.name)
            digest.update(array.astype(array.dtype.newbyteorder("<")).tobytes())
        return digest.hexdigest()

    def save(self, path: Path) -> None:
        """Write the arrays to `path`."""
        np.savez_compressed(
            path, **{entry.name: getattr(self, entry.name) for entry in fields(self)}
        )

    @classmethod
    def open(cls, path: Path) -> "Bundle":
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(**{entry.name: stored[entry.name] for entry in fields(cls)})


def split_of(smiles: str) -> int:
    """0 (train), 1 (valid) or 2 (test) by the SHA-256 of the SMILES: 80, 10 and 10 %."""
    residue = int(hashlib.sha256(smiles.encode()).hexdigest(), 16) % sum(SPLIT_PARTS)
    return int(np.searchsorted(np.cumsum(SPLIT_PARTS), residue, side="right"))


def load_bundled() -> DataSet:
    """The molecules that come with the package."""
    bundle = Bundle.open(BUNDLE_FILE)
    places = {name: np.flatnonzero(bundle.splits == code) for code, name in enumerate(SPLITS)}
    return DataSet("bundled", bundle.molecules(), places, FIRST_ELEMENTS, _card(bundle))


def _card(bundle: Bundle) -> dict[str, str | int | float]:
    return {
        "source": "bundled with eloss-plugins; graphs enumerated by its own script",
        "geometry": "GFN2-xTB minima",
        "molecules": len(bundle.sizes),
        "atoms": len(bundle.numbers),
        "content_sha256": bundle.content_hash(),
    }
