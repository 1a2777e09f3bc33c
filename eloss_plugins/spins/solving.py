"""The ground states of a problem set: those on disk are read, the others found in parallel."""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eloss_plugins.cores import cores
from eloss_plugins.errors import EnvironmentProblem, Refused
from eloss_plugins.graphs.cache.folder import cache_folder, trusted
from eloss_plugins.progress import progress
from eloss_plugins.side_by_side import hand_out
from eloss_plugins.spins import solve_worker, solved_files
from eloss_plugins.spins.draws import instance
from eloss_plugins.spins.ground_states import default_method
from eloss_plugins.spins.problem_set import ProblemSet, Source, joined

FOLDER_VARIABLE = "ELOSS_SPINS"
PIECE = 100
"""Spin glasses in a file: what an interruption can cost each process."""

_log = logging.getLogger(__name__)


def solved(
    source: Source,
    *,
    method: str | None = None,
    folder: Path | None = None,
    processes: int | None = None,
    label: str = "ground states",
) -> ProblemSet:
    """The spin glasses of `source` with their ground states.

    Args:
        source: which spin glasses.
        method: a name of `ground_states.METHODS`; None for the first that can.
        folder: where ground states are kept; a folder in the user's cache if None.
        processes: that look for them at once; as many as there are cores if None.
        label: of the progress.

    Raises:
        UsageError: the method cannot solve such lattices.
        EnvironmentProblem: a process failed.
    """
    first = instance(source.lattice, source.kind, source.seed, source.first)
    name = default_method(first) if method is None else method
    with _kept_in(folder) as place:
        pieces = source.parts(PIECE)
        known = {piece: solved_files.read(place, piece, name) for piece in pieces}
        missing = [piece for piece in pieces if known[piece] is None]
        _find(missing, name, place, processes or cores(), source.count, label)
        for piece in missing:
            known[piece] = solved_files.read(place, piece, name)
        return joined([_there(known[piece], place) for piece in pieces], source)


def _find(
    missing: list[Source], method: str, place: Path, processes: int, count: int, label: str
) -> None:
    if not missing:
        return
    tasks = [{"folder": str(place), "source": it.to_json(), "method": method} for it in missing]
    start = count - sum(piece.count for piece in missing)
    with progress(label, count, start=start) as task:
        hand_out(solve_worker.__name__, tasks, processes, task)


def _there(found: ProblemSet | None, place: Path) -> ProblemSet:
    if found is None:
        raise EnvironmentProblem(f"ground states that were written to {place} cannot be read back")
    return found


@contextmanager
def _kept_in(folder: Path | None) -> Iterator[Path]:
    """The folder to keep them in, or one for now where that cannot be trusted."""
    try:
        place = cache_folder("spins", FOLDER_VARIABLE) if folder is None else folder
        yield_to = trusted(place, FOLDER_VARIABLE)
    except (Refused, EnvironmentProblem, OSError) as problem:
        _log.warning("ground states are not kept on disk: %s", problem)
        with tempfile.TemporaryDirectory(prefix="eloss-spins-") as passing:
            yield Path(passing)
        return
    yield yield_to
