"""Building the graphs of a data set, in several processes where that is worth their start."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from eloss_plugins.cores import cores
from eloss_plugins.graphs.cache import worker
from eloss_plugins.graphs.cache.packed import PackedGraphs, pack
from eloss_plugins.graphs.cache.structures import Structures
from eloss_plugins.graphs.recipe import Recipe
from eloss_plugins.graphs.rigid.graph import RigidGraph
from eloss_plugins.progress import Progress, progress
from eloss_plugins.side_by_side import hand_out

WORTH_IT = 4096
"""Structures for each process from which on its start of some seconds is gained back."""

LABEL = "graphs"


def build_all(structures: Structures, recipe: Recipe, processes: int | None = None) -> PackedGraphs:
    """The graph of each structure, with a display of how far it is.

    Args:
        structures: the data set.
        recipe: how a graph is made.
        processes: how many build at once; None for the cores that there are, or fewer where
            there is little to do.

    Raises:
        UsageError: a graph cannot be made.
        EnvironmentProblem: a process failed.
    """
    if processes is None:
        processes = max(1, min(cores(), len(structures) // WORTH_IT))
    with progress(LABEL, len(structures)) as task:
        if processes == 1:
            graphs = _one_by_one(structures, recipe, task)
        else:
            graphs = _side_by_side(structures, recipe, processes, task)
        return PackedGraphs(pack(graphs, structures.positions.shape[1]))


def _one_by_one(structures: Structures, recipe: Recipe, task: Progress) -> Iterator[RigidGraph]:
    for place in range(len(structures)):
        yield recipe(structures[place])
        task.advance()


def _side_by_side(
    structures: Structures, recipe: Recipe, processes: int, task: Progress
) -> Iterator[RigidGraph]:
    ends = [len(structures) * part // processes for part in range(processes + 1)]
    with tempfile.TemporaryDirectory(prefix="eloss-graphs-") as place:
        folders = [Path(place, str(number)) for number in range(processes)]
        for folder, *pair in zip(folders, ends, ends[1:], strict=False):
            folder.mkdir()
            worker.ask(folder, structures.part(*pair), recipe)
        asked = [{"folder": str(folder)} for folder in folders]
        hand_out(worker.__name__, asked, processes, task)
        for folder in folders:
            yield from worker.answer_of(folder)
