import math

import pytest
import torch

from eloss_plugins.errors import UsageError
from eloss_plugins.shapes.polygon import Task, draw, even_radii, regular, shrinkage


def test_a_square_of_radius_two_has_its_corners_on_the_axes():
    (square,) = regular(torch.tensor([2.0]), torch.tensor([0.0]), 4).tolist()
    expected = [[2, 0], [0, 2], [-2, 0], [0, -2]]
    assert square == [pytest.approx(corner, abs=1e-6) for corner in expected]


def test_a_turn_moves_the_first_vertex_along_the_circle():
    turned = regular(torch.tensor([1.0]), torch.tensor([math.pi / 6]), 3)
    assert turned[0, 0].tolist() == pytest.approx([math.sqrt(3) / 2, 0.5])


def test_radii_and_turns_stay_in_their_ranges():
    drawn = draw(Task(5, 0.4), 1000, torch.Generator().manual_seed(0))
    first = drawn.vertices[:, 0]
    assert drawn.radius.min() >= 0.3
    assert drawn.radius.max() <= 5
    assert torch.atan2(first[:, 1], first[:, 0]).abs().max() <= 0.4 + 1e-6
    torch.testing.assert_close(first.norm(dim=-1), drawn.radius)


def test_equal_seeds_draw_equal_radii_whatever_the_angle():
    radii = [draw(Task(5, a), 9, torch.Generator().manual_seed(3)).radius for a in (0.0, 3.0)]
    assert radii[0].equal(radii[1])


def test_even_radii_have_the_mean_of_the_range():
    assert even_radii(10).tolist() == pytest.approx([0.535 + 0.47 * i for i in range(10)])


def test_the_mean_over_turns_shrinks_as_the_sinus_over_the_angle():
    angles = torch.linspace(-math.pi / 2, math.pi / 2, 100_001, dtype=torch.float64)
    assert shrinkage(math.pi / 2) == pytest.approx(float(angles.cos().mean()), abs=1e-5)
    assert (shrinkage(0.0), shrinkage(math.pi)) == pytest.approx((1, 0))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"vertices": 2}, "a polygon has 3 vertices or more; got 2"),
        ({"angle": 3.2}, "the angle must be from 0 to pi, in radian; got 3.2"),
        ({"angle": -0.1}, "the angle must be from 0 to pi, in radian; got -0.1"),
        ({"angle": math.nan}, "the angle must be from 0 to pi, in radian; got nan"),
    ],
)
def test_what_no_task_can_be_is_refused(words, sentence):
    with pytest.raises(UsageError, match=f"^{sentence}$"):
        Task(**words)
