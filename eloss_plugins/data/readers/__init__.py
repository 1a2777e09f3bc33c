"""Files of molecules, one module a format; the file's ending names the format."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.data.readers.edm_npz import read_edm_npz
from eloss_plugins.data.readers.geom_npy import read_geom_npy
from eloss_plugins.data.readers.sdf import read_sdf
from eloss_plugins.data.readers.source import expand
from eloss_plugins.data.readers.xyz import read_xyz
from eloss_plugins.errors import UsageError

__all__ = ["READERS", "ending_of", "read_molecules"]

READERS: Mapping[str, Callable[[Path], MoleculeSet]] = MappingProxyType(
    {
        ".xyz": read_xyz,
        ".extxyz": read_xyz,
        ".sdf": read_sdf,
        ".mol": read_sdf,
        ".npz": read_edm_npz,
        ".npy": read_geom_npy,
    }
)
PACKED = ".gz"


def read_molecules(path: str | Path) -> MoleculeSet:
    """All molecules of one file, good or broken: nothing is checked but the format.

    Args:
        path: a file; `~` and `$VAR` are replaced. Text may be gzipped.

    Raises:
        UsageError: the file, line, what was expected and what was found.
        EnvironmentProblem: the file may not be read.
    """
    file = expand(path)
    ending = ending_of(file)
    if ending not in READERS:
        raise UsageError(
            f"{file}: expected a file that ends in {', '.join(READERS)} (text also in .gz); "
            f"got {file.suffix or 'no ending'!r}."
        )
    return READERS[ending](file)


def ending_of(path: Path) -> str:
    """The ending that names the format, lower case, without `.gz`."""
    name = path.name.lower()
    return Path(name.removesuffix(PACKED)).suffix
