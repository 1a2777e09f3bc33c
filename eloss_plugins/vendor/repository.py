"""One commit out of a repository, here or elsewhere."""

from pathlib import Path

from eloss_plugins.errors import EnvironmentProblem, Refused
from eloss_plugins.vendor.git import GitFailed, git
from eloss_plugins.vendor.origin import Origin
from eloss_plugins.vendor.snapshot import rebuild
from eloss_plugins.vendor.verify import check_tree

EVERYTHING = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
NOT_BY_HASH = ("not our ref", "unadvertised object", "couldn't find remote ref")
"""What servers say that give commits by the name of a branch alone."""


def from_address(origin: Origin, commit: str, place: Path) -> tuple[str, ...]:
    """Fetch `commit` from an address into the empty folder `place`, and check it out.

    Raises:
        EnvironmentProblem: the address cannot be reached.
        Refused: the commit is not there.
    """
    try:
        _init(origin, place)
        _fetch_by_hash_or_whole(commit, place)
    except GitFailed as failed:
        raise EnvironmentProblem(
            f"{origin.shown} could not be fetched ({failed.cause}). Check the network, or clone it "
            "where there is one and name that clone with --from"
        ) from failed
    if not _has(commit, place):
        raise Refused(f"{origin.shown} does not have commit {commit}; nothing was changed")
    _check_out(commit, place)
    check_tree(place, commit)
    return ()


def from_repository(origin: Origin, commit: str, place: Path) -> tuple[str, ...]:
    """Take `commit` of a repository on this machine into the empty folder `place`.

    Returns:
        Remarks for the user.

    Raises:
        Refused: the commit is not there.
        EnvironmentProblem: the repository cannot be read.
    """
    try:
        if not _has(commit, origin.path):
            raise Refused(
                f"{origin.shown} does not have commit {commit}; nothing was changed. Fetch it "
                "there, or leave --from out"
            )
        _init(origin, place)
        absent = _fetch_or_rebuild(origin, commit, place)
    except GitFailed as failed:
        raise EnvironmentProblem(
            f"{origin.shown} could not be read ({failed.cause}). Name another clone with --from"
        ) from failed
    check_tree(place, commit, frozenset(absent))
    if not absent:
        return ()
    some = ", ".join(absent[:3]) + (" and others" if len(absent) > 3 else "")
    return (f"files that {origin.shown} does not have are missing: {len(absent)} ({some})",)


def _init(origin: Origin, place: Path) -> None:
    git(["init", "-q", "--template=", "."], place)
    git(["config", "core.autocrlf", "false"], place)
    git(["remote", "add", "origin", origin.text], place)


def _fetch_by_hash_or_whole(commit: str, place: Path) -> None:
    try:
        git(["fetch", "-q", "--no-tags", "--depth", "1", "origin", commit], place)
    except GitFailed as failed:
        if not any(word in failed.cause for word in NOT_BY_HASH):
            raise
        git(["fetch", "-q", "origin", *EVERYTHING], place)


def _fetch_or_rebuild(origin: Origin, commit: str, place: Path) -> tuple[str, ...]:
    """Check out `commit`; the files that could not be had."""
    try:
        git(["fetch", "-q", "--no-tags", "--depth", "1", "origin", commit], place)
    except GitFailed:  # a repository that does not have every file, which git does not fetch from
        return rebuild(origin.path, commit, place)
    _check_out(commit, place)
    return ()


def _has(commit: str, folder: Path) -> bool:
    try:
        git(["cat-file", "-e", commit], folder)
    except GitFailed as failed:
        if failed.code == 1:
            return False
        raise
    return True


def _check_out(commit: str, place: Path) -> None:
    git(["checkout", "-q", "--detach", commit], place)
