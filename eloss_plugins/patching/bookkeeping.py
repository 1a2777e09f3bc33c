"""The manifest after a change: digests of every patch set on the files that change."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from eloss_plugins.patching.manifest import FileRecord, Manifest, SetRecord
from eloss_plugins.patching.open_tree import digest
from eloss_plugins.patching.removal import carries, without


@dataclass(frozen=True)
class Book:
    """A manifest, and the bytes that its records' `before` digests stand for."""

    manifest: Manifest
    originals: tuple[bytes, ...]


def rewritten(manifest: Manifest, finals: Mapping[str, bytes]) -> Book:
    """The manifest when the files in `finals` have these bytes.

    A patch set on a file that another one changes has another `before` from then on.

    Raises:
        Refused: the lines of one patch set cannot be taken out without those of another.
    """
    originals: list[bytes] = []

    def update(record: SetRecord, file: FileRecord) -> FileRecord:
        final = finals.get(file.path)
        edits = record.edits_of(file.path)
        if final is None or not carries(final, edits):
            return file
        before = without(file.path, final, edits)
        originals.append(before)
        return replace(file, before=digest(before), after=digest(final))

    sets = tuple(
        replace(record, files=tuple(update(record, file) for file in record.files))
        for record in manifest.sets
    )
    return Book(replace(manifest, sets=sets), tuple(originals))
