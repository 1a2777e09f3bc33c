"""The paper's symmetrised graphs as an edge set."""

import numpy as np
import pytest
import torch

from eloss_plugins import host
from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.cores import with_bonds
from eloss_plugins.graphs.edge_sets.random_symmetric import RandomSymmetric
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.graphs.symmetry.topology import topological_group
from graphs.edge_sets.batches import bundled, padded, pairs_of

MOLECULES = bundled()
BATCH = padded(MOLECULES)
STRUCTURES = [with_bonds(Structure(it.positions, it.numbers)) for it in MOLECULES]
GROUPS = [topological_group(it) for it in STRUCTURES]


def test_permutations_of_the_molecule_leave_its_edges_as_they_are():
    found = pairs_of(RandomSymmetric()(BATCH), BATCH)
    assert any(len(group.generators) for group in GROUPS)
    for group, edges in zip(GROUPS, found, strict=True):
        for permutation in group.generators.tolist():
            assert {tuple(sorted((permutation[i], permutation[j]))) for i, j in edges} == edges


def test_every_atom_has_at_least_the_degree():
    found = pairs_of(RandomSymmetric(degree=3)(BATCH), BATCH)
    for group, edges in zip(GROUPS, found, strict=True):
        degrees = np.bincount(np.array([*edges]).ravel(), minlength=group.num_atoms)
        assert degrees.min() >= min(3, group.num_atoms - 1)


def test_a_molecule_keeps_its_graph_and_another_seed_has_another():
    edges = RandomSymmetric(degree=2)
    assert torch.equal(edges(BATCH).index, edges(BATCH).index)
    assert not np.array_equal(edges(BATCH).index, RandomSymmetric(degree=2, seed=1)(BATCH).index)


def test_without_symmetry_each_atom_draws_for_itself():
    found = pairs_of(RandomSymmetric(degree=2, symmetry="none")(BATCH), BATCH)
    sizes = np.array([len(edges) for edges in found])
    assert (sizes <= 2 * MOLECULES.sizes).all()
    assert (sizes > MOLECULES.sizes).mean() > 0.8


@pytest.mark.parametrize("options", ["degree=0", "symmetry=colour"])
def test_wrong_options_are_refused(options):
    with pytest.raises(UsageError):
        host.bind("gdm", "energy", f"edges=random-symmetric,{options}")
