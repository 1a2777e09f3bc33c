"""Least energies by looking at every configuration, from a list of bonds made by hand."""

from itertools import product

import numpy as np


def bonds(rows, columns, boundary):
    """Pairs of sites, by a loop over sites and their neighbours to the right and below."""
    found = []
    for r, c in product(range(rows), range(columns)):
        if c + 1 < columns or boundary != "open":
            found.append(frozenset((r * columns + c, r * columns + (c + 1) % columns)))
        if r + 1 < rows or boundary == "periodic":
            found.append(frozenset((r * columns + c, (r + 1) % rows * columns + c)))
    return found


def every_configuration(sites):
    """`(2^(sites - 1), sites)` spins whose first one is +1."""
    bits = np.arange(2 ** (sites - 1))[:, None] >> np.arange(sites - 1) & 1
    return np.hstack([np.ones((len(bits), 1), np.int64), 1 - 2 * bits])


def least_energy(sites, index, values):
    spins = every_configuration(sites)
    energies = np.zeros(len(spins))
    for (i, j), coupling in zip(index.T, values, strict=True):
        energies -= coupling * spins[:, i] * spins[:, j]
    return energies.min()
