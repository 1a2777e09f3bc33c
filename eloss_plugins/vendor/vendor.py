"""A patched checkout of an upstream: all of it, or nothing."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from eloss_plugins.errors import Refused, UsageError
from eloss_plugins.patching.apply import Applied, apply
from eloss_plugins.patching.patch_set import PatchSet
from eloss_plugins.patching.paths import checkout_folder
from eloss_plugins.progress import progress
from eloss_plugins.unfinished import unfinished
from eloss_plugins.vendor.origin import Kind, Origin
from eloss_plugins.vendor.plain_folder import from_folder
from eloss_plugins.vendor.repository import from_address, from_repository

Bring = Callable[[Origin, str, Path], tuple[str, ...]]
WAYS: Mapping[Kind, Bring] = MappingProxyType(
    {"address": from_address, "repository": from_repository, "folder": from_folder}
)


@dataclass(frozen=True)
class Vendored:
    """What was made.

    Attributes:
        folder: the checkout, absolute.
        commit: that the patch set is pinned to.
        is_verified: whether the files are known to be those of `commit`.
        applied: what the patch set did.
        notes: sentences for the user.
    """

    folder: Path
    commit: str
    is_verified: bool
    applied: Applied
    notes: tuple[str, ...]


def vendor(patch_set: PatchSet, origin: Origin, into: Path) -> Vendored:
    """Bring the pinned commit of an upstream to `into`, and patch it there.

    Everything happens in a folder beside `into`, which gets its name at the end; on any failure
    and any interrupt that folder is removed.

    Raises:
        UsageError, Refused: there is something in the way, or the commit or a place for the patch
            is not found.
        EnvironmentProblem: no network, no git, no permission, no space.
    """
    folder = Path(os.path.abspath(into))
    check_target(folder, origin)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with unfinished(folder.parent, folder.name) as place:
        with progress(f"bringing {patch_set.title} from {origin.shown}", None):
            remarks = WAYS[origin.kind](origin, patch_set.commit, place)
        applied = apply(checkout_folder(place), patch_set)
        os.rename(place, folder)
    is_verified = origin.kind != "folder"
    return Vendored(folder, patch_set.commit, is_verified, applied, (*remarks, *applied.notes))


def check_target(folder: Path, origin: Origin) -> None:
    """See that nothing is lost and nothing recurses when `folder` is made.

    Raises:
        Refused: something is there.
        UsageError: it is the folder at hand, or within the origin.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise Refused(f"{folder} is no folder; nothing was changed. Name another with --into")
    if folder.is_dir() and any(folder.iterdir()):
        raise Refused(f"{folder} is not empty; nothing was changed. Name another with --into")
    if folder.is_dir() and folder.samefile(os.curdir):
        raise UsageError(f"{folder} is the folder at hand; name a new one with --into")
    if origin.kind != "address" and origin.path in (folder, *folder.resolve().parents):
        raise UsageError(f"{folder} lies within {origin.path}; name another place with --into")
