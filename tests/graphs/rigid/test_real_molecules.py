"""The promises, on real molecules: a part of the bundled ones, and others where they are given."""

import os

import numpy as np
import pytest

from eloss_plugins.chem.bonds import find_bonds
from eloss_plugins.data.load import load
from eloss_plugins.data.readers import read_molecules
from eloss_plugins.graphs.rigid.build import build
from eloss_plugins.graphs.rigid.random_regular import random_regular
from eloss_plugins.graphs.rigid.verify import verify
from eloss_plugins.graphs.rigidity import smallest_eigenvalue
from eloss_plugins.graphs.structure import Structure
from tests.graphs.clouds import chain

MOST_EDGES = 5.25
"""Of an atom on average."""


def structure_of(molecule):
    return Structure(molecule.positions, molecule.numbers, find_bonds(molecule).pairs)


def given(variable):
    if variable not in os.environ:
        pytest.skip(f"{variable} names no file of molecules")
    return [structure_of(molecule) for molecule in read_molecules(os.environ[variable])]


def check(structures):
    """All certified and confirmed, few edges; the graphs."""
    graphs = [build(structure) for structure in structures]
    for structure, graph in zip(structures, graphs, strict=True):
        assert graph.certificate.unique
        assert verify(structure, graph.edges, graph.order, graph.anchors).unique
    assert np.mean([graph.num_edges / graph.num_atoms for graph in graphs]) <= MOST_EDGES
    return graphs


def test_bundled_molecules_are_certified():
    molecules = load("bundled").molecules
    check([structure_of(molecules[k]) for k in range(0, len(molecules), 40)])


@pytest.mark.slow
def test_qm7_is_certified():
    check(given("ELOSS_QM7"))


@pytest.mark.slow
def test_druglike_molecules_are_certified_and_stiff():
    structures = given("ELOSS_DRUGLIKE")
    graphs = check(structures)
    softest = [smallest_eigenvalue(s, g.edges) for s, g in zip(structures, graphs, strict=True)]
    assert np.median(softest) >= 0.08
    assert np.percentile(softest, 5) >= 0.02


@pytest.mark.slow
def test_a_long_chain_stays_stiff():
    structures = [chain(700, seed) for seed in range(5)]
    softest = [smallest_eigenvalue(s, build(s).edges) for s in structures]
    regular = random_regular(700, 6, np.random.default_rng(0))
    assert np.median(softest) >= 0.03
    assert smallest_eigenvalue(structures[0], regular) < 1e-5
