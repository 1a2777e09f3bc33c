"""Bonds of a padded batch against the rule for single molecules, which has its own oracles."""

import numpy as np
import pytest
import torch
from molecules_by_hand import at_nan, carbon_dioxide, methane, nothing, two_waters

from eloss_plugins.chem.batch_bonds import find_batch_bonds
from eloss_plugins.chem.bonds import find_bonds
from eloss_plugins.data.molecules import Molecule

SLOTS = 8


def padded(listed: list[Molecule], garbage: float = 0.0):
    positions = torch.full((len(listed), SLOTS, 3), garbage, dtype=torch.float64)
    numbers = torch.full((len(listed), SLOTS), 6)
    mask = torch.zeros(len(listed), SLOTS, dtype=torch.bool)
    for row, one in enumerate(listed):
        positions[row, : len(one)] = torch.from_numpy(one.positions)
        numbers[row, : len(one)] = torch.from_numpy(one.numbers)
        mask[row, : len(one)] = True
    return positions, numbers, mask


def orders_of(bonds, row: int) -> dict[tuple[int, int], float]:
    pairs = zip(*bonds.index.tolist(), bonds.order.tolist(), strict=True)
    return {(i % SLOTS, j % SLOTS): order for i, j, order in pairs if i // SLOTS == row}


def test_carbon_dioxide_has_two_double_bonds_and_methane_four_single_ones():
    bonds = find_batch_bonds(*padded([carbon_dioxide(), methane()]))
    assert orders_of(bonds, 0) == {(0, 1): 2, (1, 2): 2}
    assert orders_of(bonds, 1) == {(0, 1): 1, (0, 2): 1, (0, 3): 1, (0, 4): 1}


@pytest.mark.parametrize("garbage", [0.0, 1e30, float("nan"), float("inf")])
def test_no_padding_bonds(garbage):
    bonds = find_batch_bonds(*padded([nothing(), methane()], garbage))
    assert bonds.index.tolist() == [[8, 8, 8, 8], [9, 10, 11, 12]]


def test_random_clouds_have_the_bonds_of_single_molecules():
    draw = np.random.default_rng(0)
    clouds = [
        Molecule(draw.normal(size=(7, 3)), draw.choice([0, 1, 6, 7, 8, 9, 120], 7))
        for _ in range(50)
    ]
    bonds = find_batch_bonds(*padded(clouds))
    for row, cloud in enumerate(clouds):
        single = find_bonds(cloud)
        pairs = [tuple(pair) for pair in single.pairs.tolist()]
        assert orders_of(bonds, row) == dict(zip(pairs, single.orders.tolist(), strict=True))
    assert bonds.index.shape[1] > 50


def test_an_atom_at_nan_has_no_bonds_and_spares_the_others():
    bonds = find_batch_bonds(*padded([at_nan(), two_waters()]))
    assert orders_of(bonds, 0) == {tuple(pair): 1 for pair in find_bonds(at_nan()).pairs.tolist()}
    assert orders_of(bonds, 1) == {(0, 1): 1, (0, 2): 1, (3, 4): 1, (3, 5): 1}
