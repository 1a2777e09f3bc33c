"""Draws of one pair of each orbit, against all of them one by one."""

from itertools import product

import numpy as np
import pytest

from eloss_plugins.graphs.recipe import Recipe
from eloss_plugins.graphs.sampling.orbits import draw_orbits, pair_orbits_of
from eloss_plugins.graphs.structure import Structure

SQUARE = np.array([[1.0, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0], [0, 0, 1.3], [0, 0, -1.3]])


def graph():
    return Recipe("neighbours", "geometry")(Structure(SQUARE, np.array([6, 6, 6, 6, 8, 8])))


def test_orbits_hold_the_edges_once_each_of_one_length_and_element_each():
    orbits = pair_orbits_of(graph())
    assert sorted(map(tuple, orbits.edges.tolist())) == sorted(map(tuple, graph().edges.tolist()))
    for start, stop in zip(orbits.starts[:-1], orbits.starts[1:], strict=True):
        ends = SQUARE[orbits.edges[start:stop]]
        lengths = np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1)
        np.testing.assert_allclose(lengths, lengths[0])
    assert len(orbits) < graph().num_edges / 2


def test_the_mean_weight_of_every_edge_is_one():
    orbits = pair_orbits_of(graph())
    sizes = np.diff(orbits.starts)
    mean: dict[tuple[int, ...], float] = {}
    for choice in product(*(range(size) for size in sizes)):
        drawn = draw_orbits([orbits], (np.array(choice) + 0.5) / sizes)
        for pair, weight in zip(drawn.pairs.tolist(), drawn.weight, strict=True):
            mean[tuple(pair)] = mean.get(tuple(pair), 0.0) + weight / np.prod(sizes)
    assert mean.keys() == set(map(tuple, graph().edges.tolist()))
    assert list(mean.values()) == pytest.approx([1.0] * len(mean))


def test_without_a_group_every_edge_is_drawn():
    plain = Recipe("neighbours")(Structure(SQUARE))
    drawn = draw_orbits([pair_orbits_of(plain)], np.zeros(plain.num_edges))
    assert drawn.pairs.tolist() == plain.edges.tolist()
    assert (drawn.weight == 1).all()
