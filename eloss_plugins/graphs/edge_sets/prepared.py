"""Graphs of a data set, made before training."""

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.edge_sets.library import Source
from eloss_plugins.graphs.recipe import Recipe


def prepared(
    recipe: Recipe,
    positions: NDArray[np.float64],
    numbers: NDArray[np.int64],
    offsets: NDArray[np.int64],
) -> Source:
    raise NotImplementedError
