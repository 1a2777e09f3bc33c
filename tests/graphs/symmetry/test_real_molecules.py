"""Drug-sized molecules from a file named in ELOSS_DRUGLIKE (extxyz, may be gzipped)."""

import os

import numpy as np
import pytest

from eloss_plugins.chem.bonds import find_bonds
from eloss_plugins.data.readers import read_molecules
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.graphs.symmetry import geometric_group, symmetric, topological_group
from tests.graphs.symmetry.structures import as_set, image_of

PLACE = os.environ.get("ELOSS_DRUGLIKE")
pytestmark = pytest.mark.skipif(PLACE is None, reason="ELOSS_DRUGLIKE names no file")


@pytest.fixture(scope="module")
def structures():
    return [
        Structure(molecule.positions.astype(float), molecule.numbers, find_bonds(molecule).pairs)
        for molecule in list(read_molecules(PLACE))[:150]
    ]


@pytest.mark.slow
def test_geometric_symmetry_is_rare(structures):
    orders = np.array([geometric_group(structure).order for structure in structures])
    assert 0 < np.mean(orders > 1) < 0.15


@pytest.mark.slow
def test_bond_graphs_agree_with_nauty(structures):
    pynauty = pytest.importorskip("pynauty")
    for structure in structures:
        graph = pynauty.Graph(structure.num_atoms)
        for i, j in structure.bonds.tolist():
            graph.connect_vertex(i, [j])
        kinds = [np.flatnonzero(structure.numbers == z) for z in np.unique(structure.numbers)]
        graph.set_vertex_coloring([set(kind.tolist()) for kind in kinds])
        _, mantissa, exponent, _, _ = pynauty.autgrp(graph)
        assert topological_group(structure).order == round(mantissa * 10**exponent)


@pytest.mark.slow
def test_graphs_symmetric_in_the_bonds_are_certified(structures):
    sizes = []
    for structure in structures[:60]:
        group = topological_group(structure)
        graph = symmetric(structure, group)
        assert graph.certificate.unique
        assert all(image_of(graph.edges, p) == as_set(graph.edges) for p in group.generators)
        sizes.append(graph.num_edges / graph.num_atoms)
    assert np.mean(sizes) < 7
