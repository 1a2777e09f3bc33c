"""What the system refuses, as one sentence for the user."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from eloss_plugins.errors import ElossError, EnvironmentProblem


@contextmanager
def as_environment_problem() -> Iterator[None]:
    """Any `OSError` of the block, as a sentence that says that nothing was changed."""
    try:
        yield
    except ElossError:
        raise
    except OSError as problem:
        raise EnvironmentProblem(f"{cause(problem)}; nothing was changed") from problem


def cause(problem: BaseException) -> str:
    """What happened, and to which file where that is known."""
    if not isinstance(problem, OSError) or isinstance(problem, ElossError):
        return str(problem) or type(problem).__name__
    name = problem.filename
    place = os.fsdecode(name) if isinstance(name, str | bytes) else "the checkout"
    return f"{place}: {problem.strerror or problem}"
