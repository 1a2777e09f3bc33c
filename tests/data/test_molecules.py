import numpy as np
import pytest

from eloss_plugins.data.molecules import MoleculeSet
from tests.data.files import some_molecules


@pytest.mark.parametrize("places", [[2, 8, 0], [0, 0], [-1], [], np.array([7])])
def test_subset_holds_the_molecules_asked_for_in_order(places):
    molecules = some_molecules()
    chosen = molecules.subset(places)
    assert len(chosen) == len(places)
    for found, place in zip(chosen, places, strict=True):
        assert np.array_equal(found.positions, molecules[int(place)].positions)
        assert np.array_equal(found.numbers, molecules[int(place)].numbers)
        assert found.name == molecules[int(place)].name


def test_subset_of_nameless_molecules_is_nameless():
    molecules = some_molecules()
    nameless = MoleculeSet(molecules.positions, molecules.numbers, molecules.offsets)
    assert nameless.subset([1, 2]).names == ()


def test_place_outside_the_set_is_an_index_error():
    with pytest.raises(IndexError):
        some_molecules().subset([9])
