"""QM9 as published: the archive of xyz files, the list of doubtful molecules, EDM's split.

Ramakrishnan, Dral, Rupp, von Lilienfeld, Sci. Data 1, 140022 (2014), CC0. Sizes and checksums are
those of the publisher's files; the split is that of EDM, qm9/data/prepare/qm9.py at fce07d7.
"""

import os
import re
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.data.dataset import SPLITS, DataSet
from eloss_plugins.data.download import RemoteFile, fetch
from eloss_plugins.data.exporters.edm import write_edm
from eloss_plugins.data.folders import as_data_set, joined, load_path, split_files
from eloss_plugins.data.molecules import Molecule, MoleculeSet
from eloss_plugins.data.places import data_folder
from eloss_plugins.data.readers.sdf import read_sdf
from eloss_plugins.data.readers.source import as_text, check_is_data, read_text
from eloss_plugins.data.readers.xyz import frames
from eloss_plugins.errors import UsageError
from eloss_plugins.progress import progress

_FIGSHARE = "https://springernature.figshare.com/ndownloader/files"
_FIGSHARE_DIRECT = "https://ndownloader.figshare.com/files"
ARCHIVE = RemoteFile(
    "dsgdb9nsd.xyz.tar.bz2",
    (f"{_FIGSHARE}/3195389", f"{_FIGSHARE_DIRECT}/3195389"),
    86_144_227,
    "3a63848ac80691bdb8d41834b575afad345b9300d7a2db0c38adb7f6eaa8360c",
)
UNCHARACTERIZED = RemoteFile(
    "uncharacterized.txt",
    (f"{_FIGSHARE}/3195404", f"{_FIGSHARE_DIRECT}/3195404"),
    486_752,
    "3aa5115d540b356de94791d4a74c3bf1ed91c469ecf52a4f5d7cc0506fe02e24",
)
SDF_NAME = "gdb9.sdf"  # the same molecules in the same order, as MoleculeNet publishes them
FILE_NAMES = (ARCHIVE.name, SDF_NAME)
NUM_MOLECULES = 133_885
NUM_UNCHARACTERIZED = 3_054
NUM_TRAIN = 100_000
TEST_SHARE = 0.1
MAX_MEMBER_BYTES = 1 << 16  # the largest xyz file of QM9 has some 4 kB
_MEMBER = re.compile(r"(?:\./)?dsgdb9nsd_(\d{6})\.xyz")


def load_qm9() -> DataSet:
    """QM9 from the data folder; downloaded and converted to EDM's layout when it is not there.

    Raises:
        EnvironmentProblem: it is not there and cannot be downloaded.
    """
    folder = data_folder("qm9")
    if not split_files(folder):
        if not (folder / SDF_NAME).is_file():
            fetch(ARCHIVE, folder)
        fetch(UNCHARACTERIZED, folder)
        write_edm(load_published(folder), folder)
    return load_path(folder)


def load_published(folder: Path) -> DataSet:
    """QM9 as published, in `folder`.

    With the list of doubtful molecules beside it, those are left out and the split is EDM's;
    without it, all molecules are kept and split by content.

    Raises:
        UsageError: damaged or incomplete files.
    """
    archive = folder / ARCHIVE.name
    molecules = read_archive(archive) if archive.is_file() else _read_sdf(folder / SDF_NAME)
    listed = folder / UNCHARACTERIZED.name
    if not listed.is_file():
        return as_data_set(str(folder), molecules)
    if len(molecules) != NUM_MOLECULES:
        raise UsageError(f"{folder}: expected {NUM_MOLECULES} molecules; got {len(molecules)}.")
    places = edm_split(read_uncharacterized(listed))
    return joined(str(folder), {name: molecules.subset(places[name]) for name in SPLITS})


def _read_sdf(path: Path) -> MoleculeSet:
    """The SD file, whose order is the archive's only in some of its editions."""
    molecules = read_sdf(path)
    for place, name in enumerate(molecules.names, start=1):
        if name != f"gdb_{place}":
            raise UsageError(
                f"{path}: expected the records gdb_1, gdb_2 and so on in order; got {name!r} as "
                f"number {place}. Use {ARCHIVE.name} instead."
            )
    return molecules


def edm_split(excluded: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
    """Places of EDM's train, valid and test among all molecules.

    Args:
        excluded: numbers of the molecules left out, from 1.
    """
    included = np.setdiff1d(np.arange(NUM_MOLECULES), excluded - 1)
    order = np.random.RandomState(0).permutation(len(included))
    num_test = int(TEST_SHARE * len(included))
    train, valid, test = np.split(included[order], [NUM_TRAIN, len(included) - num_test])
    return {"train": train, "valid": valid, "test": test}


def read_uncharacterized(path: Path) -> NDArray[np.int64]:
    """The numbers, from 1, of the molecules that failed the authors' consistency check.

    Raises:
        UsageError: there are not as many as published.
    """
    firsts = [line.split()[0] for line in read_text(path).lines if line.strip()]
    numbers = np.array([int(first) for first in firsts if first.isdecimal()], dtype=np.int64)
    if len(numbers) != NUM_UNCHARACTERIZED:
        raise UsageError(
            f"{path}: expected {NUM_UNCHARACTERIZED} numbers of molecules; got {len(numbers)}. "
            "Download the list again."
        )
    return numbers


def read_archive(path: Path) -> MoleculeSet:
    """The molecules of the published archive, by number; nothing is unpacked to disk.

    Raises:
        UsageError: damaged, or with members that are no xyz files of QM9.
    """
    check_is_data(path)
    try:
        with tarfile.open(path, "r|*") as archive, progress("reading QM9", None) as bar:
            numbered = []
            for member in _members(path, archive):
                numbered.append(member)
                bar.advance()
    except (tarfile.TarError, EOFError, OSError, zlib.error) as cause:
        raise UsageError(
            f"{path}: expected a whole tar archive; got a cut or damaged one ({cause}). "
            "Download it again."
        ) from cause
    return MoleculeSet.from_molecules([molecule for _, molecule in sorted(numbered, key=_first)])


def _first(numbered: tuple[int, Molecule]) -> int:
    return numbered[0]


def _members(path: Path, archive: tarfile.TarFile) -> Iterator[tuple[int, Molecule]]:
    for member in archive:
        where = f"{path}, member {member.name!r}"
        if os.path.isabs(member.name) or ".." in Path(member.name).parts:
            raise UsageError(f"{where}: a path out of the archive. Do not use this file.")
        name = _MEMBER.fullmatch(member.name)
        stream = archive.extractfile(member) if name and member.isreg() else None
        if name is None or stream is None:
            raise UsageError(f"{where}: expected files dsgdb9nsd_000001.xyz and so on.")
        if member.size > MAX_MEMBER_BYTES:
            raise UsageError(f"{where}: expected at most {MAX_MEMBER_BYTES} bytes.")
        text = as_text(path / member.name, stream.read())
        for molecule in frames(text):
            yield int(name[1]), molecule
