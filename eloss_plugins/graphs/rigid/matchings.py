"""Random long edges that spread evenly over the atoms."""

import numpy as np
from numpy.typing import NDArray


def random_matchings(
    sites: NDArray[np.int64], count: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """`(edges, 2)` of `count` random perfect matchings, without pairs of coincident atoms.

    One atom of an odd number is left alone by each.
    """
    halves = len(sites) // 2
    rows = [rng.permutation(len(sites))[: 2 * halves].reshape(halves, 2) for _ in range(count)]
    pairs = np.concatenate([np.zeros((0, 2), np.int64), *rows])
    return np.asarray(pairs[sites[pairs[:, 0]] != sites[pairs[:, 1]]])
