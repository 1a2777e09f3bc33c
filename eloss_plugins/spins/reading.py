"""Couplings from a file: a matrix, or lines of two sites and a coupling."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.errors import EnvironmentProblem, UsageError
from eloss_plugins.spins.glass import SpinGlass, from_dense

LARGEST_SITE = 10**6
COUPLINGS, SPINS = "couplings", "spins"
"""Names of arrays in an npz file."""


def read_glass(file: Path) -> tuple[SpinGlass, NDArray[Any] | None]:
    """The spin glass in `file`, and the spins beside it if it has some.

    `.npy` holds a symmetric matrix; `.npz` that as `couplings`, and `spins` of +1 and -1 if there
    are any. Anything else is text, each line two sites, numbered from 0, and their coupling.

    Raises:
        UsageError: no such file, or one that holds something else.
        EnvironmentProblem: it cannot be read.
    """
    try:
        if file.suffix in (".npy", ".npz"):
            return _arrays(file)
        return _lines(file.read_text("utf-8")), None
    except FileNotFoundError:
        raise UsageError(f"{file}: no such file") from None
    except UsageError as problem:
        raise UsageError(f"{file}: {problem}") from problem
    except OSError as problem:
        raise EnvironmentProblem(f"{file}: {problem.strerror or problem}") from problem
    except (ValueError, EOFError) as problem:
        raise UsageError(f"{file}: it cannot be read: {problem}") from problem


def _arrays(file: Path) -> tuple[SpinGlass, NDArray[Any] | None]:
    loaded = np.load(file, allow_pickle=False)
    if isinstance(loaded, np.ndarray):
        return _of_matrix(loaded), None
    with loaded:
        if COUPLINGS not in loaded:
            raise UsageError(
                f"expected an array `{COUPLINGS}`, and `{SPINS}` if you like; "
                f"got {', '.join(loaded) or 'none'}"
            )
        spins = loaded.get(SPINS)
        return _of_matrix(loaded[COUPLINGS]), spins


def _of_matrix(matrix: NDArray[Any]) -> SpinGlass:
    if matrix.dtype.kind not in "iuf":
        raise UsageError(f"couplings must be real numbers; got {matrix.dtype}")
    return from_dense(matrix.astype(np.float64))


def _lines(text: str) -> SpinGlass:
    rows = [(number, line.split("#")[0].split()) for number, line in enumerate(text.split("\n"), 1)]
    found = [_line(number, words) for number, words in rows if words]
    if not found:
        raise UsageError("expected lines of two sites and a coupling; got none")
    index = np.array([(i, j) for i, j, _ in found], np.int64).T
    return SpinGlass(int(index.max()) + 1, index, np.array([value for *_, value in found]))


def _line(number: int, words: list[str]) -> tuple[int, int, float]:
    try:
        first, second, value = words
        i, j, coupling = int(first), int(second), float(value)
    except ValueError:
        raise UsageError(
            f"line {number}: expected two sites and a coupling, such as `0 1 -0.5`; "
            f"got {' '.join(words)[:60]!r}"
        ) from None
    if not 0 <= min(i, j) <= max(i, j) <= LARGEST_SITE:
        raise UsageError(f"line {number}: sites are numbered from 0 to {LARGEST_SITE}")
    return i, j, coupling
