"""From a data set to an upstream's files, all of them or none."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from eloss_plugins.atomic_write import sync_folder
from eloss_plugins.data.dataset import SPLITS, DataSet
from eloss_plugins.data.exporters.exporter import Exporter
from eloss_plugins.data.exporters.fitting import fit
from eloss_plugins.unfinished import unfinished


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        folder: where.
        files: below it.
        molecules: of each split, as given; remarks tell of others.
        dropped: molecules left out.
        reasons: how many for each reason; a molecule may have several.
        remarks: what else the user should know.
        next_command: what trains on it, in the upstream's checkout.
    """

    folder: Path
    files: tuple[str, ...]
    molecules: dict[str, int]
    dropped: int
    reasons: dict[str, int]
    remarks: tuple[str, ...]
    next_command: str


def export(
    data: DataSet, exporter: Exporter, folder: Path, *, drop_unknown: bool = False
) -> Exported:
    """Write `data` for an upstream, replacing what is there.

    The files are made in a folder beside their places and moved there when all of them are whole;
    what the upstream had derived from older ones is removed, because it would go on reading that.

    Args:
        data: any data set.
        exporter: the format.
        folder: made where it is missing.
        drop_unknown: leave molecules out that the upstream cannot take.

    Raises:
        Refused: molecules that the upstream cannot take.
        OSError: no space, no permission.
    """
    fitted = fit(data, exporter, drop_unknown=drop_unknown)
    with _staged(folder, exporter) as stage:
        remarks = exporter.write(fitted.prepared, stage)
    kept = fitted.prepared.data
    return Exported(
        folder=folder,
        files=exporter.files,
        molecules={name: len(kept.splits[name]) for name in SPLITS},
        dropped=fitted.unfit,
        reasons=fitted.reasons,
        remarks=remarks,
        next_command=exporter.command(kept, Path(os.path.abspath(folder))),
    )


def derived(exporter: Exporter, folder: Path) -> list[Path]:
    """What the upstream made of files that were in `folder` before.

    Hidden files are none of it: TABASCO's checkout holds a `.gitkeep` where its data base goes.
    """
    found = (file for pattern in exporter.caches for file in folder.glob(pattern))
    return sorted(file for file in found if not file.name.startswith("."))


@contextmanager
def _staged(folder: Path, exporter: Exporter) -> Iterator[Path]:
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with unfinished(folder, "export") as stage:
            yield stage
            for old in derived(exporter, folder):
                old.unlink()
            _move(stage, folder)
    finally:
        if is_new:
            with suppress(OSError):  # it holds what was made
                folder.rmdir()


def _move(stage: Path, folder: Path) -> None:
    for path in sorted(stage.rglob("*")):
        place = folder / path.relative_to(stage)
        if path.is_dir():
            place.mkdir(exist_ok=True)
        else:
            os.replace(path, place)
            sync_folder(place.parent)
