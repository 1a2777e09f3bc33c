"""The benchmark of edge sets: its measures against what is known by hand, and the command."""

import json
import math

import numpy as np
import pytest
import torch

from eloss_plugins.bench.edges import on_families
from eloss_plugins.bench.edges.families import CC, CH, coil
from eloss_plugins.bench.edges.gradients import likeness, listed, noisy_batch
from eloss_plugins.cli.main import main
from eloss_plugins.core.edges import Edges
from eloss_plugins.core.stiffness import Constant
from eloss_plugins.graphs.structure import Structure

TRIANGLE = Structure(np.array([[0.0, 0, 0], [3, 0, 0], [0, 4, 0]]))
ALL = np.array([[0, 1], [0, 2], [1, 2]])


def test_all_pairs_are_like_all_pairs():
    found = likeness(noisy_batch(TRIANGLE, 0.1, 0), Constant(), [listed(ALL), None])
    assert found.cosine == pytest.approx(1)
    assert found.variance == pytest.approx(0, abs=1e-12)


def test_a_common_factor_does_not_count():
    thrice = Edges(listed(ALL).index, torch.full((3,), 3.0, dtype=torch.float64))
    found = likeness(noisy_batch(TRIANGLE, 0.1, 0), Constant(), [thrice])
    assert found.variance == pytest.approx(0, abs=1e-12)


def test_one_draw_varies_by_the_square_of_its_tangent():
    """With s g along the whole as long as the whole, what is left is the whole's tangent."""
    found = likeness(noisy_batch(TRIANGLE, 0.1, 0), Constant(), [listed(ALL[:2])])
    assert 0 < found.cosine < 1
    assert found.variance == pytest.approx(1 / found.cosine**2 - 1)


@pytest.mark.parametrize("carbons", [14, 32])
def test_a_coil_is_an_alkane(carbons):
    made = coil(carbons, seed=1)
    assert made.num_atoms == 3 * carbons + 2
    lengths = np.linalg.norm(np.subtract(*made.positions[made.bonds.T]), axis=1)
    heavy = (made.bonds < carbons).all(1)
    assert lengths[heavy] == pytest.approx(CC)
    assert lengths[~heavy] == pytest.approx(CH)
    degrees = np.bincount(made.bonds.ravel())
    assert sorted(set(degrees.tolist())) == [1, 4]


def test_angles_of_a_coil_are_near_tetrahedral():
    made = coil(20, seed=2)
    for atom in range(20):
        near = made.bonds[(made.bonds == atom).any(1)].sum(1) - atom
        arms = made.positions[near] - made.positions[atom]
        arms /= np.linalg.norm(arms, axis=1, keepdims=True)
        angles = np.degrees(np.arccos((arms @ arms.T)[np.triu_indices(len(near), 1)]))
        assert np.abs(angles - math.degrees(math.acos(-1 / 3))).max() < 2


@pytest.mark.slow
def test_the_command_prints_every_table(capsys, monkeypatch):
    monkeypatch.setattr(on_families, "CLOUDS", (50,))
    monkeypatch.setattr(on_families, "CARBONS", (5,))
    monkeypatch.setattr(on_families, "RINGS", (5,))
    assert main(["bench", "edges", "--molecules", "3", "--json"]) == 0
    tables = json.loads(capsys.readouterr().out)
    assert len(tables) == 6
    real = {row["edges"]: row for row in tables[0]["rows"]}
    assert real["complete"]["share of pairs"] == "100 %"
    assert real["rigid"]["certified"] == "100.0 %"
    assert real["random 6-regular"]["certified"] == "-"
