"""Checkouts for tests, and what must hold of them after every case."""

import os
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from eloss_plugins.patching.patch_set import Edit

from .sources import FILES, MODEL_PATH, PARSE, SCRIPT_PATH, SHAPER, write

FILES_OF = tuple(SHAPER.files)
OWN = ".eloss"

SECOND_EDIT = Edit(SCRIPT_PATH, PARSE, "before", ('parser.add_argument("--loss-options")',))
SHAPER_2 = replace(
    SHAPER, version=2, edits=(*SHAPER.edits[:2], replace(SHAPER.edits[2], lines=(
        'parser.add_argument("--loss-plugin", default="none")',
        'parser.add_argument("--loss-options")',
    )))
)  # fmt: skip
SAME_VERSION = replace(SHAPER, edits=SHAPER_2.edits)
OTHER = replace(
    SHAPER,
    name="other",
    edits=(
        Edit(SCRIPT_PATH, replace(PARSE, kind="assign"), "after", ("print('other')",)),
    ),
)  # fmt: skip

Entry = tuple[int, bytes]
Snapshot = dict[str, Entry]


def make(folder: Path) -> Path:
    """A checkout with a script that may be run, and a few files that are nobody's business."""
    write(folder, {**FILES, "notes.txt": b"mine\n", "data/raw.bin": bytes(range(256))})
    (folder / SCRIPT_PATH).chmod(0o755)
    (folder / MODEL_PATH).chmod(0o640)
    return folder


def snapshot(folder: Path) -> Snapshot:
    """Mode and bytes (or link target) of everything below `folder`, `.git` and `.eloss` too."""
    found: Snapshot = {}
    for place, folders, names in os.walk(os.fsencode(folder)):
        for name in (*folders, *names):
            path = os.path.join(place, name)
            mode = os.lstat(path).st_mode
            found[os.fsdecode(os.path.relpath(path, os.fsencode(folder)))] = (
                mode,
                _content(path, mode),
            )
    return found


def users(found: Snapshot) -> Snapshot:
    """What is left of a snapshot without `.eloss`."""
    return {path: entry for path, entry in found.items() if path.split("/")[0] != OWN}


def content(folder: Path) -> dict[str, bytes]:
    """The bytes of the files that the patch set touches; git keeps no modes but one bit."""
    return {path: (folder / path).read_bytes() for path in FILES_OF}


def changed(before: Snapshot, after: Snapshot) -> set[str]:
    """Paths outside `.eloss` that differ."""
    old, new = users(before), users(after)
    return {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}


@contextmanager
def untouched(folder: Path) -> Iterator[None]:
    """Not a byte, mode or name below `folder` changes in the block."""
    before = snapshot(folder)
    yield
    assert snapshot(folder) == before


@contextmanager
def touching(folder: Path, *paths: str) -> Iterator[None]:
    """In the block nothing changes but `paths` and `.eloss`, and no mode does."""
    before = snapshot(folder)
    yield
    after = snapshot(folder)
    assert changed(before, after) <= set(paths)
    assert all(
        after[path][0] == before[path][0] for path in paths if path in after and path in before
    )


def git(folder: Path, *words: str) -> str:
    """The answer of git, which knows nothing of the machine's own settings."""
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    identity = ("-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *identity, *words],
        cwd=folder,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def commit_all(folder: Path) -> Path:
    """Make `folder` a git repository with all of it committed."""
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "start")
    return folder


def _content(path: bytes, mode: int) -> bytes:
    if stat.S_ISLNK(mode):
        return os.readlink(path)
    return Path(os.fsdecode(path)).read_bytes() if stat.S_ISREG(mode) else b""
