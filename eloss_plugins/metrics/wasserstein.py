"""The Wasserstein-1 distance between two samples of numbers."""

import numpy as np
from numpy.typing import NDArray


def wasserstein(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Area between the two empirical distribution functions, in the unit of the samples.

    Args:
        first: `(samples,)` finite numbers, in any order.
        second: `(other samples,)`, as many or not.

    Raises:
        ValueError: a sample is empty.
    """
    if not len(first) or not len(second):
        raise ValueError(f"expected samples; got {len(first)} and {len(second)} numbers")
    first, second = np.sort(first), np.sort(second)
    steps = np.sort(np.concatenate([first, second]))
    below_first = np.searchsorted(first, steps[:-1], side="right") / len(first)
    below_second = np.searchsorted(second, steps[:-1], side="right") / len(second)
    return float(np.sum(np.abs(below_first - below_second) * np.diff(steps)))
