"""The graphs of a data set: from disk where they are there, else built and kept."""

import logging
from collections.abc import Callable
from pathlib import Path

from eloss_plugins.errors import EnvironmentProblem, Refused
from eloss_plugins.graphs.cache import array_file
from eloss_plugins.graphs.cache.array_file import Damaged
from eloss_plugins.graphs.cache.building import build_all
from eloss_plugins.graphs.cache.folder import alone, graph_folder, path_of, trusted
from eloss_plugins.graphs.cache.key import key_of
from eloss_plugins.graphs.cache.packed import PackedGraphs
from eloss_plugins.graphs.cache.structures import Structures
from eloss_plugins.graphs.recipe import Recipe

_log = logging.getLogger(__name__)
_said: set[str] = set()


def graphs_of(
    structures: Structures,
    recipe: Recipe,
    *,
    folder: Path | None = None,
    processes: int | None = None,
) -> PackedGraphs:
    """The graph of each structure.

    What is on disk is used if it is of this very data, these options and this code, and whole. A
    damaged file is made anew. Where nothing can be read or written, the graphs are built and
    kept in memory, and that is said once.

    Args:
        structures: the data set.
        recipe: how a graph is made.
        folder: `graph_folder()` if None.
        processes: how many build at once; as many as there are cores if None.

    Raises:
        UsageError: a graph cannot be made.
    """

    def build() -> PackedGraphs:
        return build_all(structures, recipe, processes)

    try:
        place = trusted(graph_folder() if folder is None else folder)
    except (Refused, EnvironmentProblem) as problem:
        return _unkept(str(problem), build)
    except OSError as problem:
        return _unkept(f"{problem.filename}: {problem.strerror or problem}", build)
    key = key_of(structures, recipe)
    return _kept(path_of(place, key), key, build)


def _kept(path: Path, key: str, build: Callable[[], PackedGraphs]) -> PackedGraphs:
    found = _read(path, key)
    if found is not None:
        return found
    with alone(path):
        found = _read(path, key)  # another process may have made it while this one waited
        if found is not None:
            return found
        graphs = build()
        try:
            array_file.write(path, key, graphs.file.arrays, graphs.file.notes)
        except OSError as problem:
            _say(f"graphs are not kept on disk: {path}: {problem.strerror or problem}")
        return graphs


def _read(path: Path, key: str) -> PackedGraphs | None:
    """What the file holds; None where it is missing or damaged."""
    try:
        return PackedGraphs(array_file.read(path, key))
    except FileNotFoundError:
        return None
    except Damaged as problem:
        _say(f"graphs are built anew, since {path} is damaged: {problem}")
        return None
    except OSError as problem:
        _say(f"graphs are built anew, since {path} cannot be read: {problem.strerror or problem}")
        return None


def _unkept(why: str, build: Callable[[], PackedGraphs]) -> PackedGraphs:
    _say(f"graphs are not kept on disk: {why}")
    return build()


def _say(text: str) -> None:
    """Warn, once for each text in a process."""
    if text not in _said:
        _said.add(text)
        _log.warning(text)
