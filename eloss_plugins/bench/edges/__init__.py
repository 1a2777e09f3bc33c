"""Edge sets side by side: size, proof, stiffness, gradient, time; ours and the paper's."""

from collections.abc import Sequence

import numpy as np

from eloss_plugins.bench.edges import on_families, on_molecules
from eloss_plugins.bench.table import Table
from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.graphs.cores import with_what_is_known
from eloss_plugins.graphs.structure import Structure

SUMMARY = "edge sets: size, certificate, stiffness, gradient, time"


def run(molecules: MoleculeSet, *, name: str, most: int, seed: int) -> list[Table]:
    """All tables.

    Args:
        molecules: real ones.
        name: of the molecules.
        most: molecules that are looked at, drawn at random.
        seed: of all draws.
    """
    chosen = structures(molecules, most, seed)
    return [
        on_molecules.measure(chosen, name, seed),
        on_molecules.gradients(chosen, name, seed),
        on_families.stiffness_by_size(seed),
        on_families.edges_by_size(seed),
        on_families.specimens(seed),
        on_families.times(seed),
    ]


def structures(molecules: MoleculeSet, most: int, seed: int) -> Sequence[Structure]:
    """Up to `most` molecules with their bonds."""
    places = np.random.default_rng(seed).permutation(len(molecules))[:most]
    chosen = (molecules[int(place)] for place in np.sort(places))
    return [with_what_is_known(Structure(it.positions, it.numbers)) for it in chosen]
