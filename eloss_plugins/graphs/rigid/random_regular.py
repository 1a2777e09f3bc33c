"""Random regular graphs, the sparse edges of the energy-loss paper."""

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.rigid.adjacency import keys_of, pairs_of

MOST_TRIES = 200
"""To mend one pair; then all pairs are drawn anew."""


def random_regular(num_atoms: int, degree: int, rng: np.random.Generator) -> NDArray[np.int32]:
    """Edges of a random graph in which every atom has `degree` neighbours.

    Stubs are paired at random, and each loop or double edge then exchanges an end with an edge
    drawn at random, so that all become single. Where `num_atoms * degree` is odd, one atom drawn
    at random has a neighbour less; up to `degree + 1` atoms give the complete graph.

    Args:
        num_atoms: vertices.
        degree: 2 D in the paper, D the dimension.
        rng: source of all choices.

    Returns:
        `(edges, 2)` int32, each once, the smaller atom first, sorted.

    Raises:
        UsageError: a negative number.

    Reference: arXiv 2511.02087.
    """
    if num_atoms < 0 or degree < 0:
        raise UsageError(f"num_atoms and degree must be 0 or more; got {num_atoms} and {degree}")
    if num_atoms <= degree + 1:
        return np.stack(np.triu_indices(num_atoms, k=1), axis=1).astype(np.int32)
    degrees = np.full(num_atoms, degree)
    if num_atoms * degree % 2:
        degrees[rng.integers(num_atoms)] -= 1
    if 2 * degree < num_atoms:
        return pairs_of(_draw_until_simple(degrees, rng), num_atoms).astype(np.int32)
    left_out = _draw_until_simple(num_atoms - 1 - degrees, rng)
    every = keys_of(np.stack(np.triu_indices(num_atoms, k=1), axis=1), num_atoms)
    return pairs_of(np.setdiff1d(every, left_out), num_atoms).astype(np.int32)


def _draw_until_simple(degrees: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Sorted keys of a simple graph with these degrees, none over half of the vertices."""
    while True:
        stubs = rng.permutation(np.repeat(np.arange(len(degrees)), degrees))
        keys = _mended(stubs.reshape(-1, 2), len(degrees), rng)
        if keys is not None:
            return keys


def _mended(
    pairs: NDArray[np.int64], num_atoms: int, rng: np.random.Generator
) -> NDArray[np.int64] | None:
    """Keys of the pairs after exchanges have made them distinct edges; None if that failed."""
    keys = keys_of(pairs, num_atoms)
    is_first = np.zeros(len(keys), bool)
    is_first[np.unique(keys, return_index=True)[1]] = True
    good = is_first & (pairs[:, 0] != pairs[:, 1])
    edges = keys[good].tolist()
    known = set(edges)
    for pair in pairs[~good].tolist():
        if not any(_exchange(pair, edges, known, num_atoms, rng) for _ in range(MOST_TRIES)):
            return None
    return np.sort(np.array(edges, np.int64))


def _exchange(
    pair: list[int], edges: list[int], known: set[int], num_atoms: int, rng: np.random.Generator
) -> bool:
    """Replace the pair a b and an edge c d by edges a c and b d, if they are new; whether."""
    if not edges:
        return False
    place = int(rng.integers(len(edges)))
    ends = divmod(edges[place], num_atoms)
    (a, b), (c, d) = pair, ends if rng.integers(2) else ends[::-1]
    new = [min(e) * num_atoms + max(e) for e in ((a, c), (b, d))]
    if a == c or b == d or new[0] == new[1] or known.intersection(new):
        return False
    known.remove(edges[place])
    known.update(new)
    edges[place] = new[0]
    edges.append(new[1])
    return True
