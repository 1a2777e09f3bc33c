"""Compilation of the inner loops by numba where it is installed; plain Python otherwise.

Kernels take arrays and numbers alone and draw nothing at random, so both ways give one result.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

SWITCH = "ELOSS_NO_NUMBA"
"""Set to anything, this environment variable keeps the plain loops."""


def compiled(kernel: Kernel) -> Kernel:
    """The kernel compiled at its first call, or itself where numba is not there or not wanted.

    The machine code is kept beside the source or, where that cannot be written, in the user's
    cache; where neither can, it is made anew by each process.
    """
    if os.environ.get(SWITCH):
        return kernel
    try:
        import numba
    except ImportError:
        return kernel
    _forget_stale(Path(kernel.__code__.co_filename).parent / "__pycache__")
    try:
        return cast(Kernel, numba.njit(cache=True)(kernel))
    except RuntimeError:  # no place for the machine code
        return cast(Kernel, numba.njit(kernel))


@cache
def _forget_stale(kept: Path) -> None:
    """Remove machine code that is older than a source: numba looks at a kernel's own file alone,
    not at those of the kernels that it calls.
    """
    for index in kept.glob("*.nbi"):
        with suppress(OSError):
            if index.stat().st_mtime < _newest_source():
                index.unlink()


@cache
def _newest_source() -> float:
    sources = Path(__file__).parent.rglob("*.py")
    return max(source.stat().st_mtime for source in sources)
