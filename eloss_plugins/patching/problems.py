"""What the system refuses, as one sentence for the user."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from eloss_plugins.errors import ElossError, EnvironmentProblem

_ROOM = "Make room on the disk and run the command again"
_WRITABLE = "Make that writable, or work on a copy"
_ADVICE = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EROFS: _WRITABLE,
    errno.EACCES: _WRITABLE,
    errno.EPERM: _WRITABLE,
}


@contextmanager
def as_environment_problem() -> Iterator[None]:
    """Any `OSError` of the block, as a sentence that says that nothing was changed."""
    try:
        yield
    except ElossError:
        raise
    except OSError as problem:
        raise unchanged(problem) from problem


def unchanged(problem: OSError) -> EnvironmentProblem:
    """What the system refused, that nothing was changed, and what to do."""
    advice = _ADVICE.get(problem.errno or 0, "Run the command again when that is mended")
    return EnvironmentProblem(f"{cause(problem)}; nothing was changed. {advice}")


def cause(problem: BaseException) -> str:
    """What happened, and to which file where that is known."""
    if not isinstance(problem, OSError) or isinstance(problem, ElossError):
        return str(problem) or type(problem).__name__
    name = problem.filename
    place = os.fsdecode(name) if isinstance(name, str | bytes) else "the checkout"
    return f"{place}: {problem.strerror or problem}"
