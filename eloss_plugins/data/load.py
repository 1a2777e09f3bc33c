"""One entrance to all data: a name or a path."""

from eloss_plugins.data.bundle import load_bundled
from eloss_plugins.data.dataset import DataSet
from eloss_plugins.data.selection import select
from eloss_plugins.errors import UsageError


def load(name_or_path: str) -> DataSet:
    """The data set that `name_or_path` names."""
    name, _, conditions = {"bundled-tiny": "bundled:heavy=1-4"}.get(
        name_or_path, name_or_path
    ).partition(":")
    if name != "bundled":
        raise UsageError(f"expected the name of a data set; got {name!r}")
    data = load_bundled()
    return select(data, conditions) if conditions else data
