import math

import pytest

from eloss_plugins.shapes.landscape import landscape
from eloss_plugins.shapes.losses import Contender

CONTENDERS = [
    Contender("mse", "mse"),
    Contender("kabsch", "kabsch"),
    Contender("energy", "energy"),
    Contender("sparse", "energy", {"edges": "random-regular"}),
]


@pytest.fixture(scope="module", params=CONTENDERS, ids=lambda contender: contender.label)
def seen(request):
    return landscape(request.param, points=21, turns=9)


def test_the_least_loss_is_at_the_true_place(seen):
    places = {
        (x, y): value
        for y, row in zip(seen.axis, seen.moved, strict=True)
        for x, value in zip(seen.axis, row, strict=True)
    }
    x, y = min(places, key=places.get)
    assert (x, y) == pytest.approx((1, 0), abs=1e-6)
    assert places[x, y] == pytest.approx(0, abs=1e-9)
    assert sorted(places.values())[1] > 1e-6


def test_only_mse_sees_a_turn(seen):
    # |x - R x|**2 of a vertex at radius 1 is 2 (1 - cos), half of it a coordinate's mean.
    expected = [1 - math.cos(turn) if seen.label == "mse" else 0 for turn in seen.turns]
    assert seen.turned == pytest.approx(expected, abs=1e-6)


def test_mse_grows_with_the_square_of_the_way():
    # One of 12 vertices by 3, from (1, 0) to (-2, 0): 9 over 24 coordinates.
    seen = landscape(CONTENDERS[0], points=5, turns=3)
    assert seen.moved[2][0] == pytest.approx(9 / 24)
