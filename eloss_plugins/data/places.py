"""Where data sets that do not come with the package are kept."""

import os
from pathlib import Path

from eloss_plugins.data.readers.source import expand

DATA_VARIABLE = "ELOSS_DATA"
OFFLINE_VARIABLE = "ELOSS_OFFLINE"


def data_folder(name: str) -> Path:
    """The folder of one data set: under `ELOSS_DATA`, else in the user's cache."""
    root = os.environ.get(DATA_VARIABLE)
    return expand(root) / name if root else _cache() / "eloss-plugins" / name


def is_offline() -> bool:
    """Whether `ELOSS_OFFLINE` forbids downloads."""
    return os.environ.get(OFFLINE_VARIABLE, "").lower() not in ("", "0", "no", "false")


def _cache() -> Path:
    named = os.environ.get("XDG_CACHE_HOME", "")
    return Path(named) if os.path.isabs(named) else Path("~/.cache").expanduser()
