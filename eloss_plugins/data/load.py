"""One entrance to all data: a name or a path, with a selection behind a colon if wanted."""

import difflib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from eloss_plugins.data import geom, qm9
from eloss_plugins.data.bundle import load_bundled
from eloss_plugins.data.dataset import DataSet
from eloss_plugins.data.folders import load_path, split_files
from eloss_plugins.data.readers.source import expand
from eloss_plugins.data.selection import is_selection, select
from eloss_plugins.errors import UsageError

_log = logging.getLogger(__name__)
SETS: Mapping[str, Callable[[], DataSet]] = MappingProxyType(
    {"bundled": load_bundled, "qm9": qm9.load_qm9, "geom-drugs": geom.load_geom}
)
SHORTHANDS: Mapping[str, str] = MappingProxyType({"bundled-tiny": "bundled:heavy=1-4"})
_PUBLISHED: Mapping[tuple[str, ...], Callable[[Path], DataSet]] = MappingProxyType(
    {qm9.FILE_NAMES: qm9.load_published, geom.FILE_NAMES: geom.load_published}
)


def load(name_or_path: str) -> DataSet:
    """The data set that `name_or_path` names.

    Args:
        name_or_path: `bundled`, `bundled-tiny`, `qm9`, `geom-drugs`, or a file or folder (xyz,
            extxyz, sdf, npz in EDM's layout; `~` and `$VAR` are replaced). Behind a colon, a
            selection: `bundled:heavy=1-4`, `qm9:heavy<=7,atoms<=15`, `bundled:train=25%`.

    Raises:
        UsageError: an unknown name, or data with faults; the message says which and where.
        EnvironmentProblem: a file cannot be read, or a set is not there and cannot be downloaded.
    """
    base, conditions = _parts(SHORTHANDS.get(name_or_path, name_or_path))
    data = SETS[base]() if base in SETS else _load_path(base)
    data = select(data, conditions) if conditions else data
    sizes = ", ".join(f"{len(places)} {name}" for name, places in data.splits.items())
    _log.info("%s: molecules: %s", data.name, sizes)
    return data


def _parts(name_or_path: str) -> tuple[str, str]:
    """The name and the selection behind it, if what follows the last colon is one."""
    base, colon, conditions = name_or_path.rpartition(":")
    if colon and (is_selection(conditions) or base in SETS):
        return base, conditions
    return name_or_path, ""


def _load_path(text: str) -> DataSet:
    path = expand(text)
    if not path.exists():
        raise _unknown(text, path)
    if not split_files(path):
        for names, load_published in _PUBLISHED.items():
            folder = _folder_of(path, names)
            if folder is not None:
                return load_published(folder)
    return load_path(path)


def _folder_of(path: Path, names: tuple[str, ...]) -> Path | None:
    """The folder of a published data set, when `path` is that folder or one of its files."""
    if path.is_file():
        return path.parent if path.name in names else None
    return path if any((path / name).is_file() for name in names) else None


def _unknown(text: str, path: Path) -> UsageError:
    known = [*SETS, *SHORTHANDS]
    close = difflib.get_close_matches(text, known, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return UsageError(
        f"expected the name of a data set ({', '.join(known)}) or a file or folder; "
        f"got {text!r}, and there is no {path}.{hint}"
    )
