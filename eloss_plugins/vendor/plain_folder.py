"""An upstream's files out of a folder that git knows nothing of."""

import shutil
from pathlib import Path

from eloss_plugins.errors import EnvironmentProblem
from eloss_plugins.vendor.origin import Origin

LEFT = ("__pycache__",)


def from_folder(origin: Origin, commit: str, place: Path) -> tuple[str, ...]:
    """Copy everything, links as links, into the empty folder `place`.

    Returns:
        A remark that nobody knows what commit this is.

    Raises:
        EnvironmentProblem: something there cannot be copied.
    """
    ignore = shutil.ignore_patterns(*LEFT)
    try:
        shutil.copytree(origin.path, place, symlinks=True, ignore=ignore, dirs_exist_ok=True)
    except shutil.Error as failed:
        source, _, reason = failed.args[0][0]
        raise EnvironmentProblem(f"{source} cannot be copied: {reason}") from failed
    return (
        f"{origin.shown} is no repository: whether its files are those of commit {commit[:12]} "
        "cannot be verified; the patch set found its places in them",
    )
