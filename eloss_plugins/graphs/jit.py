"""Compilation of the inner loops by numba where it is installed; plain Python otherwise.

Kernels take arrays and numbers alone and draw nothing at random, so both ways give one result.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

SWITCH = "ELOSS_NO_NUMBA"
"""Set to anything, this environment variable keeps the plain loops."""


def compiled(kernel: Kernel) -> Kernel:
    """The kernel compiled at its first call, or itself where numba is not there or not wanted.

    The machine code is kept beside the source where that can be written, as numba's `cache`.
    """
    try:
        import numba
    except ImportError:
        return kernel
    if os.environ.get(SWITCH):
        return kernel
    return cast(Kernel, numba.njit(cache=_can_keep(kernel))(kernel))


def plain(kernel: Kernel) -> Kernel:
    """The Python function inside a kernel; calls that it makes stay compiled."""
    return cast(Kernel, getattr(kernel, "py_func", kernel))


def _can_keep(kernel: Callable[..., Any]) -> bool:
    """Whether numba may write beside the source, or was given another place."""
    if os.environ.get("NUMBA_CACHE_DIR"):
        return True
    return os.access(Path(kernel.__code__.co_filename).parent, os.W_OK)
