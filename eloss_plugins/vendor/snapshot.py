"""A commit out of a repository that does not have every file of it.

Partial clones and archives of source code leave large files out. git neither clones nor fetches
from such a repository, so its objects are copied, and the files that are there are checked out; git
is told that the others are left out on purpose.
"""

import shutil
from pathlib import Path

from eloss_plugins.vendor.git import git
from eloss_plugins.vendor.verify import entries_of


def rebuild(source: Path, commit: str, place: Path) -> tuple[str, ...]:
    """Check out `commit` of the repository `source` in `place`, which git has initialised.

    Returns:
        The files of the commit that `source` does not have.

    Raises:
        GitFailed: more is missing than the contents of files.
    """
    common = git(["rev-parse", "--git-common-dir"], source).decode().rstrip("\n")
    _copy_objects(source / common, place / ".git")
    git(["update-ref", "--no-deref", "HEAD", commit], place)
    git(["read-tree", commit], place)
    names = {entry.name: entry.blob for entry in entries_of(place, commit) if entry.is_blob}
    absent = _absent(names, place)
    git(["update-index", "-z", "--skip-worktree", "--stdin"], place, _listed(absent))
    git(["checkout-index", "-z", "--stdin"], place, _listed(set(names) - set(absent)))
    git(["update-index", "-q", "--refresh"], place)
    return tuple(sorted(absent))


def _copy_objects(source: Path, target: Path) -> None:
    elsewhere = shutil.ignore_patterns("alternates")
    shutil.copytree(source / "objects", target / "objects", dirs_exist_ok=True, ignore=elsewhere)
    if (source / "shallow").is_file():
        shutil.copyfile(source / "shallow", target / "shallow")


def _absent(names: dict[str, str], place: Path) -> list[str]:
    asked = "".join(f"{blob}\n" for blob in names.values()).encode()
    answers = git(["cat-file", "--batch-check=%(objectname)"], place, asked).decode().splitlines()
    return [name for name, said in zip(names, answers, strict=True) if said.endswith(" missing")]


def _listed(names: "set[str] | list[str]") -> bytes:
    return b"".join(name.encode("utf-8", "surrogateescape") + b"\0" for name in sorted(names))
