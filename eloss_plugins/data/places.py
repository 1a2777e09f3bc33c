"""Where data sets that do not come with the package are kept."""

import os
from pathlib import Path

from eloss_plugins.data.readers.source import expand
from eloss_plugins.truth import is_switched_on

DATA_VARIABLE = "ELOSS_DATA"
OFFLINE_VARIABLE = "ELOSS_OFFLINE"


def data_folder(name: str) -> Path:
    """The folder of one data set: under `ELOSS_DATA`, else in the user's cache."""
    root = os.environ.get(DATA_VARIABLE)
    return expand(root) / name if root else _cache() / "eloss-plugins" / name


def is_offline() -> bool:
    """Whether `ELOSS_OFFLINE` forbids downloads."""
    return is_switched_on(os.environ.get(OFFLINE_VARIABLE, ""))


def _cache() -> Path:
    named = os.environ.get("XDG_CACHE_HOME", "")
    return Path(named) if os.path.isabs(named) else Path("~/.cache").expanduser()
