"""Draws against their exact distribution: all outcomes, one by one."""

import numpy as np
import pytest

from eloss_plugins.graphs.sampling import pairs, plan, systematic
from eloss_plugins.graphs.sampling.draw import draw
from graphs.sampling.enumeration import outcomes

CERTAIN = np.array([[0, 1], [1, 2]])


def cloud(num_atoms, seed=0):
    return np.random.default_rng(seed).normal(size=(num_atoms, 3))


def exponential(positions):
    def of(listed):
        return np.exp(-np.linalg.norm(positions[listed[:, 0]] - positions[listed[:, 1]], axis=1))

    return of


def planned(num_atoms, edges_per_atom=1.5, uniform=0.1, certain=CERTAIN):
    points = cloud(num_atoms)
    return plan.plan(
        points, certain, exponential(points), edges_per_atom=edges_per_atom, uniform=uniform
    )


@pytest.fixture(params=[256, 2], ids=["all pairs near", "with a far field"])
def neighbours(request, monkeypatch):
    monkeypatch.setattr(plan, "NEIGHBOURS", request.param)
    return request.param


@pytest.mark.parametrize("num_atoms", [3, 4, 6, 8])
@pytest.mark.parametrize("uniform", [0.0, 0.1, 1.0])
def test_weights_have_the_mean_one_for_every_pair(num_atoms, uniform, neighbours):
    mean = np.zeros((num_atoms, num_atoms))
    for probability, drawn in outcomes(planned(num_atoms, uniform=uniform)):
        np.add.at(mean, tuple(drawn.pairs.T), probability * drawn.weight)
    every = pairs.every(num_atoms)
    np.testing.assert_allclose(mean[tuple(every.T)], 1.0, rtol=1e-9)
    assert mean.sum() == pytest.approx(len(every))


def test_no_pair_is_drawn_twice(neighbours):
    for _, drawn in outcomes(planned(8)):
        keys = pairs.key(drawn.pairs, 8)
        assert len(np.unique(keys)) == len(keys)
        assert (drawn.pairs[:, 0] < drawn.pairs[:, 1]).all()


def test_the_number_of_pairs_is_the_one_asked_for(neighbours):
    counts = [(p, len(drawn.pairs)) for p, drawn in outcomes(planned(8, edges_per_atom=2.0))]
    assert sum(p * count for p, count in counts) == pytest.approx(16, abs=1e-9)
    assert neighbours == 2 or {count for _, count in counts} == {16}


def test_certain_pairs_are_always_there():
    for _, drawn in outcomes(planned(6)):
        assert {(0, 1), (1, 2)} <= set(map(tuple, drawn.pairs.tolist()))


def test_with_edges_enough_the_draw_is_the_complete_graph():
    drawn = draw([planned(6, edges_per_atom=20.0)], np.array([[0.3, 0.7]]))
    assert sorted(map(tuple, drawn.pairs.tolist())) == list(map(tuple, pairs.every(6).tolist()))
    assert (drawn.weight == 1).all()


def test_half_a_pair_an_atom_is_drawn_however_many_are_certain():
    made = planned(8, edges_per_atom=0.1, certain=pairs.every(8)[:14])
    assert made.ends[-1] == pytest.approx(4.0)


def test_a_batch_draws_for_each_molecule_what_it_draws_alone():
    plans = [planned(n) for n in (3, 8, 5)]
    shifts = np.random.default_rng(0).random((3, 2))
    together = draw(plans, shifts)
    for place, made in enumerate(plans):
        alone = draw([made], shifts[place : place + 1])
        own = together.molecule == place
        assert together.pairs[own].tolist() == alone.pairs.tolist()
        assert together.weight[own].tolist() == alone.weight.tolist()


def test_molecules_of_no_and_of_one_atom_have_no_pairs():
    none = np.zeros((0, 2), np.int64)
    plans = [planned(n, certain=none) for n in (0, 1, 2)]
    assert draw(plans, np.full((3, 2), 0.5)).molecule.tolist() == [2]


def test_a_tooth_at_the_very_end_stays_in_its_molecule():
    """Far along the line of all molecules the last digits of a place on it are lost."""
    own = np.cumsum([0.3] * 9)
    ends, starts = np.concatenate([[123456.7], own, [0.5]]), np.array([0, 1, 10, 11])
    for below in (1e-15, 1e-13, 1e-12, 1e-11):
        shifts = np.array([0.0, own[-1] - 2 - below, 0.9])
        places, molecule = systematic.draw(ends, starts, shifts)
        assert set(places[molecule == 1].tolist()) <= set(range(1, 10))
    assert places[molecule == 1].tolist() == [3, 6, 9]


def test_time_and_memory_of_a_plan_are_linear():
    sizes = [planned(n, certain=np.zeros((0, 2), np.int64)).nbytes / n for n in (500, 2000)]
    assert sizes[1] < 1.3 * sizes[0]


@pytest.mark.parametrize("num_atoms", [2, 5, 60])
def test_ranks_name_every_pair_once(num_atoms):
    found = pairs.at_rank(np.arange(pairs.count(num_atoms)))
    assert sorted(map(tuple, found.tolist())) == list(map(tuple, pairs.every(num_atoms).tolist()))


def test_ranks_are_right_where_roots_round():
    second = np.array([3_000_000_000, 3_000_000_001])
    rank = second * (second - 1) // 2
    np.testing.assert_array_equal(pairs.at_rank(rank), np.stack([[0, 0], second], axis=1))
    np.testing.assert_array_equal(pairs.at_rank(rank - 1)[:, 0], second - 2)


def test_near_pairs_are_those_of_the_nearest_neighbours():
    points = cloud(12)
    square = np.linalg.norm(points[:, None] - points, axis=-1)
    nearest = np.argsort(square, axis=1)[:, 1:4]
    expected = {tuple(sorted((i, int(j)))) for i in range(12) for j in nearest[i]}
    assert set(map(tuple, pairs.near(points, 3).tolist())) == expected
