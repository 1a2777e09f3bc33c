"""Where a patched file went that the user renamed."""

import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from eloss_plugins.errors import ElossError
from eloss_plugins.patching.patch_set import Edit
from eloss_plugins.patching.reading import read
from eloss_plugins.patching.removal import carries

MOST_FILES = 5000
MOST_BYTES = 1 << 24


def guess(checkout: Path, edits: Sequence[Edit], known: Collection[str]) -> str | None:
    """The one Python file below `checkout` that holds all lines of `edits`; None if in doubt.

    The files `known` are where they belong; several of them may have equal lines.
    """
    found: list[str] = []
    for path in (it for it in _python_files(checkout) if it not in known):
        with suppress(ElossError, OSError):
            if os.lstat(checkout / path).st_size <= MOST_BYTES:
                data = read(checkout, path)
                found += [path] if data is not None and carries(data, edits) else []
    return found[0] if len(found) == 1 else None


def _python_files(checkout: Path) -> Iterator[str]:
    seen = 0
    for folder, folders, names in os.walk(checkout):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.endswith(".py") and seen < MOST_FILES:
                seen += 1
                yield Path(folder, name).relative_to(checkout).as_posix()
