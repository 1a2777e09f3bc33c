"""Which checkout, and which patch set, the words after `eloss patch ACTION` mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eloss_plugins.cli.parser import unknown
from eloss_plugins.errors import Refused, UsageError
from eloss_plugins.patching import catalogue
from eloss_plugins.patching.own_folder import JOURNAL, MANIFEST
from eloss_plugins.patching.patch_set import PatchSet
from eloss_plugins.patching.paths import checkout_folder
from eloss_plugins.patching.plan import plan
from eloss_plugins.patching.recognise import Recognition, recognise

HERE = Path(".")


@dataclass(frozen=True)
class Choice:
    """What the words say: perhaps a patch set, and a checkout."""

    name: str | None
    checkout: Path


def choose(first: str | None, second: str | None) -> Choice:
    """The patch set and the checkout; a single word is a patch set's name if there is one.

    Without a checkout it is the folder at hand, or the nearest one above it that is a known
    upstream or has lines of ours.

    Raises:
        UsageError: there is no such folder, or no such patch set.
        Refused: the checkout is a file.
    """
    if second is None and first is not None and not catalogue.is_known(first):
        if not Path(first).exists() and "/" not in first:
            names = [patch_set.name for patch_set in catalogue.installed()]
            raise UsageError(f"no folder {first!r}, and {unknown('upstream', first, names)}")
        first, second = None, first
    if second is not None:
        return Choice(first, checkout_folder(Path(second)))
    return Choice(first, _nearest(checkout_folder(HERE)))


def patch_set_for(choice: Choice) -> PatchSet:
    """The patch set that is asked for, or the only one that fits the checkout.

    Raises:
        Refused: it does not fit, or none does, or more than one; the message says what was looked
            for.
    """
    asked = [catalogue.find(choice.name)] if choice.name else catalogue.installed()
    found = recognise(choice.checkout, asked)
    if len(found.fits) == 1:
        return found.fits[0]
    if found.fits:
        names = ", ".join(it.name for it in found.fits)
        raise Refused(f"{names} all fit {choice.checkout}; name one: eloss patch apply NAME")
    raise Refused(_anchors(choice, found) or _nothing_fits(choice, found))


def applied_name(choice: Choice, applied: Sequence[str]) -> str | None:
    """The patch set that is asked for, or the only one that is applied; None if none is.

    Raises:
        Refused: more than one is applied.
    """
    if choice.name is not None:
        return catalogue.find(choice.name).name if catalogue.is_known(choice.name) else choice.name
    if len(applied) > 1:
        raise Refused(f"{' and '.join(applied)} are applied; name one: eloss patch revert NAME")
    return applied[0] if applied else None


def _anchors(choice: Choice, found: Recognition) -> str:
    """What is not found in the one upstream that this nearly is; empty if it is none."""
    if found.refused or len(found.nearly) != 1:
        return ""
    try:
        plan(choice.checkout, found.nearly[0])
    except Refused as problem:
        return str(problem)
    return ""


def _nothing_fits(choice: Choice, found: Recognition) -> str:
    if found.refused:
        first = found.refused[0]
        return (
            f"{first.patch_set.name} is refused: {first.reason}; nothing was changed. "
            f"Take the upstream's own code: eloss vendor {first.patch_set.name}"
        )
    looked = "\n".join(f"  {line}" for line in found.looked_for)
    return (
        f"no known upstream in {choice.checkout}; nothing was changed. Missing there:\n{looked}\n"
        "Name the checkout's own folder; `eloss patch list` shows the upstreams"
    )


def _nearest(folder: Path) -> Path:
    for place in (folder, *folder.parents):
        if (place / MANIFEST).exists() or (place / JOURNAL).exists() or _is_upstream(place):
            return place
        if (place / ".git").exists():
            break
    return folder


def _is_upstream(folder: Path) -> bool:
    found = recognise(folder, catalogue.installed())
    return bool(found.fits or found.refused)
