import numpy as np
import pytest
import torch

from eloss_plugins.data.collate import collate
from eloss_plugins.data.elements import Elements
from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.errors import UsageError
from tests.data.files import WATER, some_molecules
from tests.molecules_by_hand import carbon_dioxide, methane

ELEMENTS = Elements((1, 6, 8))


def mixed() -> MoleculeSet:
    return MoleculeSet.from_molecules([methane(), carbon_dioxide(), WATER])


def test_each_molecule_has_its_mean_at_the_origin():
    batch = collate(some_molecules(), range(9), ELEMENTS)
    assert batch.positions.dtype == torch.float32
    assert batch.positions.sum(dim=1).abs().max() < 1e-6


def test_padding_is_zero_everywhere():
    batch = collate(mixed(), [0, 1, 2], ELEMENTS)
    assert batch.mask.sum(dim=1).tolist() == [5, 3, 3]
    for values in (batch.positions, batch.one_hot, batch.charges):
        assert (values[~batch.mask] == 0).all()


def test_distances_elements_and_places_survive():
    batch = collate(mixed(), [2, 0], ELEMENTS)
    water = batch.positions[0, :3]
    assert torch.pdist(water).sort().values.numpy() == pytest.approx(
        np.sort(torch.pdist(torch.tensor(WATER.positions)).numpy()), abs=1e-6
    )
    assert batch.charges[0, :3, 0].tolist() == [8, 1, 1]
    assert batch.one_hot[0, :3].tolist() == [[0, 0, 1], [1, 0, 0], [1, 0, 0]]
    assert batch.index.tolist() == [2, 0]


def test_width_is_that_of_the_largest_molecule_in_the_batch():
    assert collate(mixed(), [1, 2], ELEMENTS).mask.shape == (2, 3)


def test_element_outside_the_set_is_refused():
    with pytest.raises(UsageError, match=r"got \[8\]"):
        collate(mixed(), [0, 1], Elements((1, 6)))
