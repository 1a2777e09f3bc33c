"""Which files of a checkout may be touched, found out before anything is written."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from eloss_plugins.errors import EnvironmentProblem, Refused, UsageError

_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PUT_BACK = "Put the source file itself there"
_CLOSED = {".git", ".eloss", ".hg", ".svn"}


@dataclass(frozen=True)
class Target:
    """A file that a patch set names.

    Attributes:
        path: as the patch set names it.
        real: the same file below the checkout without links on the way; None if nothing is there.
        mode: permissions.
    """

    path: str
    real: str | None
    mode: int = 0o644


def checkout_folder(path: Path) -> Path:
    """The checkout's folder, absolute and free of links.

    Raises:
        UsageError: nothing is there.
        Refused: it is no folder.
    """
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as problem:
        raise UsageError(f"no such folder: {path}. Name the checkout") from problem
    if not real.is_dir():
        raise Refused(f"{path} is a file; name the folder of the checkout")
    return real


def check_name(path: str) -> None:
    """See that a patch set's path stays below the checkout on every system.

    Raises:
        Refused: it is absolute, climbs, names a version control's folder, or holds odd characters.
    """
    parts = path.split("/")
    wrong = (
        (not path or path != str(PurePosixPath(path)), "is not a plain relative path"),
        (path.startswith("/") or _DRIVE.match(path), "is absolute"),
        (".." in parts, "climbs out of the checkout"),
        ("\\" in path, "holds a backslash"),
        (_CONTROL.search(path), "holds a control character"),
        (any(part.lower().rstrip(". ") in _CLOSED for part in parts), "is not a source file"),
    )
    for is_wrong, why in wrong:
        if is_wrong:
            raise Refused(
                f"the patch set names {path!r}, which {why}; nothing was changed. "
                "Ask those who made it"
            )


def targets(checkout: Path, paths: Iterable[str]) -> dict[str, Target]:
    """Where each file of a patch set really is; none is opened.

    Raises:
        Refused: a path leaves the checkout, is no regular file, or two of them are one file.
    """
    found = {path: _locate(checkout, path) for path in dict.fromkeys(paths)}
    _check_distinct(checkout, found.values())
    return found


def check_single(checkout: Path, reals: Iterable[str]) -> None:
    """See that no file has a second name, which would keep the old bytes.

    Raises:
        Refused: lists those that have.
    """
    linked = [real for real in reals if _names(checkout / real) > 1]
    if linked:
        raise Refused(
            f"{', '.join(linked)}: other names (hard links) would keep the old bytes; "
            "nothing was changed. --allow-hardlink splits them"
        )


def check_permissions(checkout: Path, reals: Iterable[str]) -> None:
    """See that files may be replaced, all of them, before the first one is.

    Raises:
        EnvironmentProblem: lists every file and folder that may not be written.
    """
    wrong = list(dict.fromkeys(_not_writable(checkout, reals)))
    if wrong:
        raise EnvironmentProblem(
            f"no permission to write {', '.join(wrong)}; nothing was changed. "
            "Make that writable (chmod u+w), or work on a copy"
        )


def _locate(checkout: Path, path: str) -> Target:
    check_name(path)
    place = checkout / path
    try:
        real = place.resolve(strict=True)
    except (FileNotFoundError, NotADirectoryError):
        return Target(path, None)
    except (OSError, RuntimeError) as problem:
        raise Refused(
            f"{path} cannot be reached (a loop of links?); nothing was changed. {_PUT_BACK}"
        ) from problem
    below = _below(checkout, real, path)
    status = real.stat()
    if not stat.S_ISREG(status.st_mode):
        raise Refused(f"{path} is not a regular file; nothing was changed. {_PUT_BACK}")
    return Target(path, below, stat.S_IMODE(status.st_mode))


def _below(checkout: Path, real: Path, path: str) -> str:
    if not real.is_relative_to(checkout):
        raise Refused(
            f"{path} leads out of the checkout through a link; nothing was read or changed. "
            f"{_PUT_BACK}"
        )
    below = real.relative_to(checkout).as_posix()
    if any(part.lower() in _CLOSED for part in below.split("/")):
        raise Refused(f"{path} leads into {below}; nothing was changed. {_PUT_BACK}")
    return below


def _check_distinct(checkout: Path, found: Iterable[Target]) -> None:
    seen: dict[tuple[int, int], str] = {}
    for target in found:
        if target.real is not None:
            status = (checkout / target.real).stat()
            other = seen.setdefault((status.st_dev, status.st_ino), target.path)
            if other != target.path:
                raise Refused(
                    f"{other} and {target.path} are one file; nothing was changed. "
                    "Give them a file each"
                )


def _names(place: Path) -> int:
    return place.stat().st_nlink if place.exists() else 1


def _not_writable(checkout: Path, reals: Iterable[str]) -> Iterator[str]:
    """Files and folders without permission; one that nobody may write counts for root too."""
    if not _may_write(checkout, os.W_OK | os.X_OK):
        yield "the checkout's folder"
    for real in reals:
        place = checkout / real
        if place.exists() and not _may_write(place, os.W_OK):
            yield real
        if place.parent != checkout and not _may_write(place.parent, os.W_OK | os.X_OK):
            yield f"the folder {place.parent.relative_to(checkout)}"


def _may_write(place: Path, wanted: int) -> bool:
    effective = os.access in os.supports_effective_ids
    allowed = os.access(place, wanted, effective_ids=effective)
    return allowed and bool(place.stat().st_mode & 0o222)
