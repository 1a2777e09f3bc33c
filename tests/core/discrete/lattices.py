"""Small spin systems, and their energies by loops over plain Python numbers: the oracles."""

import itertools
import math

import torch

from eloss_plugins.core.discrete import Couplings, SpinBatch


def edges(rows, columns, *, periodic):
    """Pairs of neighbours of a square lattice, row by row; each bond once, none around a row of
    one site.
    """
    found = []
    for row, column in itertools.product(range(rows), range(columns)):
        for r, c in ((row, column + 1), (row + 1, column)):
            if periodic or (r < rows and c < columns):
                found.append((row * columns + column, r % rows * columns + c % columns))
    return [(first, second) for first, second in found if first != second]


def couplings(rows, columns, *, periodic, systems, seed=0):
    """Couplings drawn uniformly from -1 to 1, of each system its own."""
    index = torch.tensor(edges(rows, columns, periodic=periodic)).T
    generator = torch.Generator().manual_seed(seed)
    values = 2 * torch.rand(systems, index.shape[1], generator=generator, dtype=torch.float64) - 1
    return Couplings.from_edges(index, values)


def configurations(sites):
    """`(2**sites, sites)` float64: every configuration."""
    return torch.tensor(list(itertools.product((-1.0, 1.0), repeat=sites)), dtype=torch.float64)


def energy_of(pairs, values, spins):
    """-sum J s s, one pair after the other."""
    return -sum(J * spins[i] * spins[j] for (i, j), J in zip(pairs, values, strict=True))


def fields_of(pairs, values, spins):
    """h_i = sum J_ij s_j, one pair after the other."""
    found = [0.0] * len(spins)
    for (i, j), J in zip(pairs, values, strict=True):
        found[i] += J * spins[j]
        found[j] += J * spins[i]
    return found


def pairs_of(couplings):
    return [tuple(pair) for pair in couplings.index.T.tolist()]


def ground_states(couplings, sites):
    """`(systems, sites)` configurations of least energy, by looking at all; first spin up."""
    every = configurations(sites)
    every = every[every[:, 0] > 0]
    products = every[:, couplings.index[0]] * every[:, couplings.index[1]]
    return every[(products @ couplings.values.T).argmax(0)]


def random_spins(systems, sites, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return 2.0 * torch.randint(2, (systems, sites), generator=generator).double() - 1


def uniform(*shape, seed=0):
    """Float64 numbers between -1 and 1, the ends left out."""
    generator = torch.Generator().manual_seed(seed)
    return (2 * torch.rand(shape, generator=generator, dtype=torch.float64) - 1) * 0.999


def random_batch(systems=3, rows=3, columns=4, *, periodic=False, seed=0, dtype=torch.float64):
    """A batch of anything: random couplings, targets and logits."""
    given = couplings(rows, columns, periodic=periodic, systems=systems, seed=seed)
    generator = torch.Generator().manual_seed(seed + 100)
    logits = 2 * torch.randn(systems, rows * columns, generator=generator, dtype=torch.float64)
    target = random_spins(systems, rows * columns, seed)
    return SpinBatch(
        logits.to(dtype).requires_grad_(), target, Couplings(given.index, given.values.to(dtype))
    )


def entropy_of(logit):
    """Entropy of one spin in nats, a textbook sum."""
    up = 1 / (1 + math.exp(-logit))
    return -up * math.log(up) - (1 - up) * math.log(1 - up)


def entropies_of(logits):
    """Of a list of logits, their mean."""
    return sum(map(entropy_of, logits)) / len(logits)


def at_corners(loss, target, given):
    """`(2**sites,)` losses of one system at every configuration as prediction, held for certain."""
    every = configurations(target.shape[0])
    many = target.expand_as(every)
    return loss(SpinBatch(1e4 * every, many, given))
