"""Which patch sets fit a checkout, which refuse it and why, and which are in it already."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from eloss_plugins.errors import ElossError, Refused
from eloss_plugins.patching import reading
from eloss_plugins.patching.guards import has_files, missing_signs, objections
from eloss_plugins.patching.patch_set import PatchSet
from eloss_plugins.patching.removal import carries


@dataclass(frozen=True)
class Refusal:
    """A patch set whose signs are there, and why it must not be applied."""

    patch_set: PatchSet
    reason: str


@dataclass(frozen=True)
class Recognition:
    """What a checkout is.

    Attributes:
        fits: signs are there, no guard is against it; patched or not.
        refused: signs are there, but guards are against it.
        patched: all edits of it are in the files, told by their markers alone.
        looked_for: one line for each patch set that does not fit: the signs that are missing.
        nearly: the signs' files are all there, but not every symbol in them.
    """

    fits: tuple[PatchSet, ...]
    refused: tuple[Refusal, ...]
    patched: tuple[PatchSet, ...]
    looked_for: tuple[str, ...]
    nearly: tuple[PatchSet, ...]


def recognise(checkout: Path, patch_sets: Iterable[PatchSet]) -> Recognition:
    """What the checkout is, by signs, guards and markers; nothing is written.

    Raises:
        Refused: the checkout is not a folder.
    """
    if not checkout.is_dir():
        raise Refused(f"expected a folder with a checkout; got {checkout}")
    patch_sets = tuple(patch_sets)
    lacking = {it.name: missing_signs(checkout, it) for it in patch_sets}
    known = [it for it in patch_sets if not lacking[it.name]]
    against = {it.name: objections(checkout, it) for it in known}
    return Recognition(
        fits=tuple(it for it in known if not against[it.name]),
        refused=tuple(Refusal(it, "; ".join(against[it.name])) for it in known if against[it.name]),
        patched=tuple(it for it in patch_sets if _is_in(checkout, it)),
        looked_for=tuple(f"{name}: {', '.join(signs)}" for name, signs in lacking.items() if signs),
        nearly=tuple(it for it in patch_sets if lacking[it.name] and has_files(checkout, it)),
    )


def _is_in(checkout: Path, patch_set: PatchSet) -> bool:
    for path, edits in patch_set.files.items():
        data = _read(checkout, path)
        if data is None and all(edit.optional for edit in edits):
            continue
        if data is None or not carries(data, edits):
            return False
    return True


def _read(checkout: Path, path: str) -> bytes | None:
    try:
        return reading.read(checkout, path)
    except ElossError:
        return None
