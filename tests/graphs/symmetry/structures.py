"""Structures for the tests of symmetry, and slow answers to compare with."""

import itertools

import numpy as np

from eloss_plugins.graphs.specimens import specimens
from eloss_plugins.graphs.structure import Structure

NAMES = sorted(specimens())


def structure_of(name):
    return specimens()[name].structure


def moved(structure, seed):
    """The structure turned, reflected or not, shifted, and its atoms renumbered."""
    rng = np.random.default_rng(seed)
    turn, _ = np.linalg.qr(rng.normal(size=(structure.dimensions, structure.dimensions)))
    new = rng.permutation(structure.num_atoms)
    place = np.argsort(new)
    positions = structure.positions[new] @ turn.T + rng.normal(size=structure.dimensions)
    bonds = None if structure.bonds is None else place[structure.bonds]
    return Structure(positions, structure.numbers[new], bonds)


def shaken(structure, size, seed=0):
    rng = np.random.default_rng(seed)
    noise = rng.uniform(-size, size, structure.positions.shape)
    return Structure(structure.positions + noise, structure.numbers, structure.bonds)


def distances(positions):
    return np.linalg.norm(positions[:, None] - positions[None], axis=-1)


def by_trying_all(num_atoms, is_kept):
    """How many permutations of a few atoms keep something."""
    return sum(is_kept(np.array(p, int)) for p in itertools.permutations(range(num_atoms)))


def image_of(edges, permutation):
    return {tuple(sorted(pair)) for pair in permutation[edges].tolist()}


def as_set(edges):
    return {tuple(sorted(pair)) for pair in np.asarray(edges).tolist()}
