"""Whether the files of a folder are those of a commit."""

import os
from dataclasses import dataclass
from pathlib import Path

from eloss_plugins.errors import Refused
from eloss_plugins.vendor.git import git

LINK, SUBMODULE = "120000", "160000"


@dataclass(frozen=True)
class Entry:
    """A file of a commit: git's mode, the hash of its contents, its name below the folder."""

    mode: str
    blob: str
    name: str

    @property
    def is_blob(self) -> bool:
        """Whether the repository itself has its contents."""
        return self.mode != SUBMODULE


def entries_of(folder: Path, commit: str) -> list[Entry]:
    """Every file of `commit`."""
    listing = os.fsdecode(git(["ls-tree", "-r", "-z", commit], folder)).split("\0")[:-1]
    rows = (line.partition("\t") for line in listing)
    return [Entry(head.split()[0], head.split()[2], name) for head, _, name in rows]


def check_tree(folder: Path, commit: str, absent: frozenset[str] = frozenset()) -> None:
    """See that `folder` is at `commit`, and that every file has the contents which that names.

    Args:
        folder: a repository with its files checked out.
        commit: full hash.
        absent: names of files that are not there, and need not be.

    Raises:
        Refused: it is at another commit, or a file is another.
    """
    head = git(["rev-parse", "HEAD"], folder).decode().strip()
    if head != commit:
        raise Refused(f"expected commit {commit}; got {head}")
    files = [it for it in entries_of(folder, commit) if it.is_blob and it.name not in absent]
    wrong = [
        it.name for it, blob in zip(files, _hashes(folder, files), strict=True) if it.blob != blob
    ]
    if wrong:
        raise Refused(
            f"{wrong[0]} is not what commit {commit} has there ({len(wrong)} such files). The "
            "repository is damaged, or its files were changed on the way: use another one"
        )


def _hashes(folder: Path, files: list[Entry]) -> list[str]:
    """What git calls the contents of each file; links are hashed as what they say."""
    plain = [it.name for it in files if it.mode != LINK]
    given = "".join(f"{name}\n" for name in plain).encode("utf-8", "surrogateescape")
    told = git(["hash-object", "--stdin-paths"], folder, given).decode().split()
    found = dict(zip(plain, told, strict=True))
    return [found[it.name] if it.name in found else _hash_of_link(folder, it) for it in files]


def _hash_of_link(folder: Path, entry: Entry) -> str:
    said = os.fsencode(os.readlink(folder / entry.name))
    return git(["hash-object", "--stdin"], folder, said).decode().strip()
