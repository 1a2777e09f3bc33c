"""Rigid graphs of a whole data set."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.rigid.build import DEFAULT, build
from eloss_plugins.graphs.rigid.graph import RigidGraph
from eloss_plugins.graphs.rigid.options import RigidOptions
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.progress import Progress

PIECE = 256
"""Structures that go to a process at once, some tenths of a second of work."""


def build_many(
    structures: Sequence[Structure],
    options: RigidOptions = DEFAULT,
    *,
    processes: int | None = None,
    progress: Progress | None = None,
) -> list[RigidGraph]:
    """The graph of each structure, each as `build` alone makes it.

    Args:
        structures: in any number.
        options: of all.
        processes: how many work at once; None or 1 is this one. More are worth their start of
            some seconds from ten thousands of structures on.
        progress: told of each structure.

    Raises:
        UsageError: not a number of processes.
    """
    if processes is not None and processes < 1:
        raise UsageError(f"processes must be 1 or more; got {processes}")
    graphs = []
    for graph in _graphs(structures, options, processes or 1):
        graphs.append(graph)
        if progress is not None:
            progress.advance()
    return graphs


def _graphs(
    structures: Sequence[Structure], options: RigidOptions, processes: int
) -> Iterator[RigidGraph]:
    one = partial(build, options=options)
    if processes == 1:
        yield from map(one, structures)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(one, structures, chunksize=PIECE)
