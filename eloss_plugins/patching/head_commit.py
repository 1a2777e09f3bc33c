"""The commit that a checkout is at, read from git's files, without running git."""

import re
from pathlib import Path

_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_MAX_BYTES = 16 << 20


def head_commit(checkout: Path) -> str | None:
    """Full hash of the commit; None without `.git`, before a first commit, or if in doubt.

    Work trees and submodules, where `.git` is a file, are followed.
    """
    try:
        return _head(checkout / ".git")
    except (OSError, UnicodeError):
        return None


def _head(git: Path) -> str | None:
    if git.is_file():
        git = git.parent / _text(git).removeprefix("gitdir:").strip()
    head = _text(git / "HEAD").strip()
    if not head.startswith("ref:"):
        return head if _HASH.fullmatch(head) else None
    name = head.removeprefix("ref:").strip()
    common = git / _text(git / "commondir").strip() if (git / "commondir").is_file() else git
    if (common / name).is_file():
        return _text(common / name).strip()
    packed = common / "packed-refs"
    lines = _text(packed).splitlines() if packed.is_file() else []
    return next((line.split()[0] for line in lines if line.endswith(f" {name}")), None)


def _text(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_MAX_BYTES).decode()
