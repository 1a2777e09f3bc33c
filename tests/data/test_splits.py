import numpy as np
import pytest

from eloss_plugins.data.dataset import SPLITS
from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.data.splits import split_by_content
from tests.molecules_by_hand import methane


def methanes(count: int) -> MoleculeSet:
    lengths = 1.0 + 0.001 * np.arange(count)
    return MoleculeSet.from_molecules([methane(length) for length in lengths])


def test_every_molecule_is_in_one_split():
    splits = split_by_content(methanes(300))
    assert sorted(np.concatenate(list(splits.values()))) == list(range(300))


def test_shares_are_about_80_10_10():
    splits = split_by_content(methanes(1000))
    assert [len(splits[name]) for name in SPLITS] == pytest.approx([800, 100, 100], abs=30)


def test_order_of_the_molecules_does_not_matter():
    molecules = methanes(60)
    order = np.random.default_rng(0).permutation(60)
    shuffled = split_by_content(molecules.subset(order))
    for name, places in split_by_content(molecules).items():
        assert sorted(order[shuffled[name]]) == places.tolist()


def test_more_molecules_leave_the_others_where_they_were():
    before, after = split_by_content(methanes(100)), split_by_content(methanes(200))
    for name in SPLITS:
        assert set(before[name]) <= set(after[name])


def test_copies_of_a_molecule_go_to_one_split():
    molecules = methanes(50)
    twice = molecules.subset(list(range(50)) * 2)
    for places in split_by_content(twice).values():
        assert set((places + 50) % 100) == set(places)


@pytest.mark.parametrize("count", range(3, 15))
def test_three_molecules_or_more_fill_three_splits(count):
    assert all(len(places) for places in split_by_content(methanes(count)).values())
