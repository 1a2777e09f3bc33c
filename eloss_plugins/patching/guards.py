"""Signs by which a checkout is known, and those on which it is refused; read from the text alone.

Both work on files that do not parse, so that a user in the middle of an edit hears of that edit.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from eloss_plugins.errors import ElossError
from eloss_plugins.patching import reading
from eloss_plugins.patching.marker import unmarked
from eloss_plugins.patching.patch_set import Guard, PatchSet, Sign
from eloss_plugins.patching.paths import check_name


def objections(checkout: Path, patch_set: PatchSet) -> tuple[str, ...]:
    """One sentence for each guard of the patch set that is against this checkout."""
    found = ((guard, _tripped(checkout, guard)) for guard in patch_set.guards)
    return tuple(f"{guard.reason} ({path})" for guard, path in found if path)


def missing_signs(checkout: Path, patch_set: PatchSet) -> tuple[str, ...]:
    """The signs of the patch set that this checkout lacks, in words."""
    lacking = (sign for sign in patch_set.signs if not _shows(checkout, sign))
    return tuple(f"{it.symbol} in {it.file}" if it.symbol else it.file for it in lacking)


def has_files(checkout: Path, patch_set: PatchSet) -> bool:
    """Whether the files of all signs are there, whatever is in them."""
    return all(any(_files(checkout, sign.file)) for sign in patch_set.signs)


def _shows(checkout: Path, sign: Sign) -> bool:
    return any(_defines(data, sign.symbol) for _, data in _files(checkout, sign.file))


def _tripped(checkout: Path, guard: Guard) -> str:
    """The first file on which the guard trips; our own marked lines do not count."""
    for path, data in _files(checkout, guard.file):
        data = unmarked(data)
        if _defines(data, guard.symbol) and _has_word(data, guard.text):
            return path
    return ""


def _files(checkout: Path, glob: str) -> Iterator[tuple[str, bytes]]:
    """Files that can be read, by a glob that stays below the checkout."""
    check_name(glob)
    for path in sorted(checkout.glob(glob)):
        relative = path.relative_to(checkout).as_posix()
        try:
            data = reading.read(checkout, relative)
        except ElossError:
            continue
        if data is not None:
            yield relative, data


def _defines(data: bytes, symbol: str) -> bool:
    """Whether each part of a qualified name is defined somewhere in the file."""
    names = (re.escape(name.encode()) for name in symbol.split(".") if name)
    return all(
        re.search(rb"^[ \t]*(?:class|def|async[ \t]+def)[ \t]+%b\b" % name, data, re.MULTILINE)
        for name in names
    )


def _has_word(data: bytes, text: str) -> bool:
    return not text or bool(re.search(rb"(?<!\w)%b(?!\w)" % re.escape(text.encode()), data))
