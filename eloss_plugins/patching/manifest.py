"""What is applied to a checkout: `.eloss/manifest.json`."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from eloss_plugins import __version__
from eloss_plugins.errors import Refused
from eloss_plugins.patching.open_tree import OpenTree
from eloss_plugins.patching.own_folder import MANIFEST
from eloss_plugins.patching.patch_set import Anchor, Edit, PatchSet

SCHEMA = 1


class DamagedManifest(Refused):
    """The manifest is no JSON of ours."""


@dataclass(frozen=True)
class FileRecord:
    """One patched file.

    Attributes:
        path: as the patch set names it.
        before: SHA-256 without this patch set's lines; None when that is not known.
        after: SHA-256 with them; None when that is not known.
        mode: permissions.
    """

    path: str
    before: str | None
    after: str | None
    mode: int = 0o644


@dataclass(frozen=True)
class SetRecord:
    """One patch set that is applied, with everything that taking it out needs.

    Attributes:
        name: of the patch set.
        version: of the patch set.
        content: `fingerprint` of its edits.
        files: those that it changed.
        edits: as they were when they were applied; the package may have others by now.
    """

    name: str
    version: int
    content: str
    files: tuple[FileRecord, ...]
    edits: tuple[Edit, ...]

    def edits_of(self, path: str) -> tuple[Edit, ...]:
        """The edits of one file."""
        return tuple(edit for edit in self.edits if edit.file == path)


@dataclass(frozen=True)
class Manifest:
    """All patch sets that are applied, in the order in which that was done."""

    sets: tuple[SetRecord, ...] = ()

    def find(self, name: str) -> SetRecord | None:
        """The record of a patch set; None if it is not applied."""
        return next((record for record in self.sets if record.name == name), None)

    def others(self, name: str) -> tuple[SetRecord, ...]:
        """The records of all other patch sets."""
        return tuple(record for record in self.sets if record.name != name)

    def sharing(self, name: str, edits: Iterable[Edit]) -> str:
        """Another patch set with some lines of `edits` in the same file; empty if there is none.

        Whose they are cannot be told from the file then.
        """
        others = [(record.name, edit) for record in self.others(name) for edit in record.edits]
        return next((it for edit in edits for it, other in others if _alike(edit, other)), "")

    def originals(self) -> set[str]:
        """Digests of the originals that a revert may want."""
        return {file.before for record in self.sets for file in record.files if file.before}

    def encode(self) -> bytes | None:
        """The file's bytes; None when nothing is applied, and no file is needed."""
        if not self.sets:
            return None
        content = {"schema": SCHEMA, "package": __version__, **asdict(self)}
        return json.dumps(content, indent=1).encode() + b"\n"


def load(tree: OpenTree) -> Manifest:
    """The manifest; an empty one where nothing is applied.

    Raises:
        DamagedManifest: it cannot be read.
        Refused: it is of a later version of this package.
    """
    data = tree.read(MANIFEST)
    return Manifest() if data is None else decode(data)


def decode(data: bytes) -> Manifest:
    """The manifest in a file's bytes.

    Raises:
        DamagedManifest: it cannot be read.
        Refused: it is of a later version of this package.
    """
    try:
        content = json.loads(data)
        schema = int(content["schema"])
        if schema == SCHEMA:
            return Manifest(tuple(_set_record(item) for item in content["sets"]))
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise DamagedManifest(
            f"{MANIFEST} is damaged ({type(problem).__name__}); nothing was changed. "
            "`eloss patch recover` sets it aside; the markers in the files then tell what is in"
        ) from problem
    raise Refused(
        f"{MANIFEST} has schema {schema}; this version knows {SCHEMA}. Nothing was "
        "changed. Upgrade eloss-plugins"
    )


def fingerprint(patch_set: PatchSet) -> str:
    """SHA-256 of a patch set's edits: equal for equal edits, on every machine."""
    text = json.dumps([asdict(edit) for edit in patch_set.edits], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def record_of(patch_set: PatchSet, files: Iterable[FileRecord] = ()) -> SetRecord:
    """The record of a patch set of this package."""
    content = fingerprint(patch_set)
    return SetRecord(patch_set.name, patch_set.version, content, tuple(files), patch_set.edits)


def with_set(manifest: Manifest, record: SetRecord) -> Manifest:
    """The manifest with `record` in the place of the one of that name, or at the end."""
    if manifest.find(record.name) is None:
        return replace(manifest, sets=(*manifest.sets, record))
    sets = (record if old.name == record.name else old for old in manifest.sets)
    return replace(manifest, sets=tuple(sets))


def _alike(one: Edit, other: Edit) -> bool:
    """Whether the lines of one are among those of the other."""
    short, long = sorted((one.lines, other.lines), key=len)
    starts = range(len(long) - len(short) + 1)
    return one.file == other.file and any(
        long[start : start + len(short)] == short for start in starts
    )


def _set_record(item: Mapping[str, Any]) -> SetRecord:
    files = tuple(FileRecord(**file) for file in item["files"])
    edits = tuple(_edit(edit) for edit in item["edits"])
    return SetRecord(str(item["name"]), int(item["version"]), item["content"], files, edits)


def _edit(item: Mapping[str, Any]) -> Edit:
    return Edit(**{**item, "anchor": _anchor(item["anchor"]), "lines": tuple(item["lines"])})


def _anchor(item: Mapping[str, Any]) -> Anchor:
    nested = {key: _anchor(value) for key, value in item.items() if isinstance(value, dict)}
    return Anchor(**{**item, **nested, "arguments": tuple(item["arguments"])})
