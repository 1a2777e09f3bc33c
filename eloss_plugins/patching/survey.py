"""What became of the lines of a patch set, file by file."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from eloss_plugins.patching.manifest import FileRecord, Manifest, SetRecord
from eloss_plugins.patching.marker import lines_of, marked_lines
from eloss_plugins.patching.open_tree import OpenTree, digest
from eloss_plugins.patching.patch_set import Edit
from eloss_plugins.patching.paths import Target
from eloss_plugins.patching.removal import carries

State = Literal["applied", "edited", "damaged", "restored", "changed", "missing"]
IN_PLACE: tuple[State, ...] = ("applied", "edited")
ABSENT: tuple[State, ...] = ("restored", "changed")


@dataclass(frozen=True)
class FileState:
    """One file of a patch set, as it is now.

    Attributes:
        record: what is known of it; digests are None where it was never recorded.
        edits: those of this file.
        target: where it is.
        data: its bytes; None if it is missing.
        state: `applied` as it was left, `edited` outside of our lines, `damaged` within them;
            `restored` to what it was before, or `changed` and without our lines; `missing`.
    """

    record: FileRecord
    edits: tuple[Edit, ...]
    target: Target
    data: bytes | None
    state: State

    @property
    def path(self) -> str:
        """As the patch set names it."""
        return self.record.path

    @property
    def real(self) -> str:
        """Where it is written."""
        return self.target.real or self.path


def examine(
    tree: OpenTree, record: SetRecord, targets: dict[str, Target], manifest: Manifest
) -> list[FileState]:
    """The files of `record`, read through `tree`."""
    return [
        _examine(tree, file, record.edits_of(file.path), targets[file.path], foreign)
        for file in record.files
        for foreign in [_texts(manifest.others(record.name), file.path)]
    ]


def _examine(
    tree: OpenTree,
    record: FileRecord,
    edits: tuple[Edit, ...],
    target: Target,
    foreign: set[bytes],
) -> FileState:
    data = tree.read(target.real) if target.real is not None else None
    state = "missing" if data is None else _state(data, record, edits, foreign)
    return FileState(record, edits, target, data, state)


def _state(data: bytes, record: FileRecord, edits: tuple[Edit, ...], foreign: set[bytes]) -> State:
    now = digest(data)
    if now == record.after or carries(data, edits):
        return "applied" if now == record.after else "edited"
    marked = (line.body for line in marked_lines(lines_of(data)))
    if any(body not in foreign for body in marked):
        return "damaged"
    return "restored" if now == record.before else "changed"


def _texts(records: Iterable[SetRecord], path: str) -> set[bytes]:
    """The lines that other patch sets have put into a file."""
    edits = (edit for record in records for edit in record.edits_of(path))
    return {line.strip().encode() for edit in edits for line in edit.lines}
