"""Oracles: the definitions worked by hand on squares."""

import math

import pytest
import torch

from eloss_plugins.shapes.quality import Quality, judge

SQUARE = torch.tensor([[[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]]], dtype=torch.float64)
ONE = torch.ones(1, dtype=torch.float64)


def test_a_perfect_polygon_has_the_quality_of_float64_and_not_infinity():
    perfect = Quality(0.0, 0.0, 0.0, 1.0)
    assert perfect.regularity == perfect.fidelity == pytest.approx(52 * math.log(2))
    assert judge(SQUARE, ONE).regularity > 35


def test_size_place_turn_and_order_do_not_change_the_first_quality():
    turn = torch.tensor([[0.6, -0.8], [0.8, 0.6]], dtype=torch.float64)
    moved = 3 * (SQUARE @ turn.T)[:, [2, 0, 3, 1]] + torch.tensor([5.0, -7.0])
    assert judge(moved, 3 * ONE).regularity > 30
    assert judge(moved, 3 * ONE).fidelity > 30


def test_a_polygon_of_half_the_size_is_regular_and_wrong():
    found = judge(SQUARE / 2, ONE)
    assert found.regularity > 35
    assert found.fidelity == pytest.approx(math.log(2))
    assert (found.error, found.radius_ratio) == pytest.approx((0.5, 0.5))


def test_a_kite_has_the_spread_of_its_diagonals():
    # About the centroid: distances 2, 1, 2, 1 of right angles. Mean 1.5, deviation 0.5.
    kite = SQUARE * torch.tensor([2.0, 1.0])
    found = judge(kite, ONE)
    assert found.gaps == pytest.approx(0)
    assert found.spread == pytest.approx(0.5 / 1.5)
    assert found.error == pytest.approx(math.sqrt((1 + 0 + 1 + 0) / 4))
    assert found.radius_ratio == pytest.approx(1.5)


def test_a_rectangle_has_the_deviation_of_its_gaps():
    # Half sides cos(30), sin(30): gaps of 60 and 120 degrees in turn, deviation 30 degrees.
    x, y = math.cos(math.pi / 6), math.sin(math.pi / 6)
    rectangle = torch.tensor([[[x, y], [-x, y], [-x, -y], [x, -y]]], dtype=torch.float64)
    found = judge(rectangle, ONE)
    assert found.gaps == pytest.approx(1 / 12)
    assert found.spread == pytest.approx(0)
    assert found.regularity == pytest.approx(math.log(12))


def test_one_vertex_moved_out():
    # (1, 0) goes to (5, 0): the centroid goes to (1, 0). Seen from there (4, 0), (-1, 1), (-2, 0),
    # (-1, -1): distances 4, root 2, 2, root 2, gaps of 135, 45, 45, 135 degrees.
    moved = SQUARE.clone()
    moved[0, 0, 0] = 5.0
    distances = [4, math.sqrt(2), 2, math.sqrt(2)]
    mean = sum(distances) / 4
    deviation = math.sqrt(sum((d - mean) ** 2 for d in distances) / 4)
    found = judge(moved, ONE)
    assert found.gaps == pytest.approx(45 / 360)
    assert found.spread == pytest.approx(deviation / mean)
    assert found.regularity == pytest.approx(-math.log(1 / 8 + deviation / mean))


def test_means_are_taken_before_the_logarithm():
    both = torch.cat([SQUARE, SQUARE * torch.tensor([2.0, 1.0])])
    assert judge(both, ONE.expand(2)).spread == pytest.approx(0.5 / 1.5 / 2)


def test_a_polygon_without_extent_counts_as_no_shape():
    found = judge(torch.zeros(1, 4, 2), ONE)
    assert found.spread == 1
    assert found.fidelity < 0
    assert math.isfinite(found.regularity)


def test_what_is_not_finite_has_no_quality():
    broken = SQUARE.clone()
    broken[0, 0, 0] = math.nan
    assert math.isnan(judge(broken, ONE).regularity)
