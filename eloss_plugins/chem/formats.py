"""Files of molecules: the format is the file's ending."""

from collections.abc import Callable
from pathlib import Path

from eloss_plugins.atomic_write import atomic_write_text
from eloss_plugins.chem.sdf import sdf_record
from eloss_plugins.chem.xyz import extxyz_block, xyz_block
from eloss_plugins.data.molecules import Molecule, MoleculeSet
from eloss_plugins.errors import UsageError

WRITERS: dict[str, Callable[[Molecule], str]] = {
    ".sdf": sdf_record,
    ".xyz": xyz_block,
    ".extxyz": extxyz_block,
}
"""The text of one molecule, by the ending of the file."""


def write_molecules(path: Path, molecules: MoleculeSet) -> None:
    """Write all molecules to one file, in one step: the file is there whole or not at all.

    Broken molecules are written like any other: coincident atoms, no atoms, NaN.

    Raises:
        UsageError: the ending names no format.
        OSError: no space, no permission, no folder.
    """
    write = WRITERS[checked_ending(path)]
    atomic_write_text(path, "".join(write(molecule) for molecule in molecules))


def checked_ending(path: Path) -> str:
    """The ending of `path`, for a check before the work starts.

    Raises:
        UsageError: it names no format.
    """
    ending = path.suffix.lower()
    if ending not in WRITERS:
        raise UsageError(
            f"expected a file that ends in {', '.join(sorted(WRITERS))}; got {path.name!r}"
        )
    return ending
