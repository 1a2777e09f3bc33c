from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from molecules_by_hand import methane, methyl, together

from eloss_plugins.metrics import evaluate
from eloss_plugins.report.chart import HEIGHT, WIDTH, Line, line_chart, shortened
from eloss_plugins.report.curves import curves_from, learning_curves, mean_curve, thinned
from eloss_plugins.report.model import Curve
from eloss_plugins.report.scale import even_scale, scale_for, tick_text

numbers = st.floats(allow_nan=True, allow_infinity=True, width=32)


class Places(HTMLParser):
    """Collects the points of lines and the words of labels."""

    def __init__(self, svg: str) -> None:
        super().__init__()
        self.points: list[tuple[float, float]] = []
        self.words: list[str] = []
        self.feed(svg)

    def handle_starttag(self, tag, attributes):
        pairs = dict(attributes).get("points", "").split()
        self.points += [tuple(map(float, pair.split(","))) for pair in pairs]

    def handle_data(self, data):
        self.words.append(data)


@settings(max_examples=60)
@given(st.lists(st.lists(numbers, max_size=8), max_size=4))
def test_any_curves_are_drawn_within_the_paper(curves):
    lines = [
        Line(f"line {i}", Curve(tuple(range(len(values))), tuple(values)), i)
        for i, values in enumerate(curves)
    ]
    for x, y in Places(line_chart(lines, "value", "a chart")).points:
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT


def test_every_curve_is_labelled():
    lines = [Line(f"seed {i}", Curve((0, 1), (1.0, 1.0)), i) for i in range(5)]
    words = Places(line_chart(lines, "loss <x>", "d")).words
    assert {f"seed {i}" for i in range(5)} <= set(words)
    assert "loss <x>" in words


def test_larger_value_is_higher_on_the_paper():
    svg = line_chart([Line("a", Curve((0, 1, 2), (0.0, 5.0, 1.0)), 0)], "y", "d")
    heights = [y for _, y in Places(svg).points]
    assert heights[1] < heights[2] < heights[0]


def test_long_label_keeps_its_ends():
    assert shortened("energy stiffness=inverse seed 3") == "energy …e seed 3"


def test_decades_are_drawn_on_a_logarithmic_axis():
    scale = scale_for([1e-3, 1.0, 1e3], 0, 100)
    assert scale.logarithmic
    assert scale.place(1.0) == pytest.approx(50)
    assert not even_scale([1e-3, 1e3], 0, 100).logarithmic


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5))
def test_ticks_are_few_and_within_the_limits(values):
    scale = even_scale(values, 0, 1)
    assert all(scale.low <= tick <= scale.high for tick in scale.ticks())
    assert 1 <= len(scale.ticks()) <= 8


def test_ticks_are_round():
    assert [tick_text(t) for t in even_scale([0, 5000], 0, 1).ticks()][:3] == ["0", "1000", "2000"]
    assert tick_text(2e-5) == "2e-5"


def test_thinning_takes_means_of_equal_stretches():
    curve = Curve(tuple(range(10)), (0.0, 2.0) * 5)
    assert thinned(curve, 5).values == (1.0,) * 5
    assert thinned(curve, 10) == curve


def test_thinning_leaves_out_what_is_not_finite():
    assert thinned(Curve((1, 2, 3), (1.0, float("nan"), 3.0))) == Curve((1, 3), (1.0, 3.0))


def test_curves_are_read_from_records():
    records = [
        {"step": 10, "kind": "train", "loss": 2.0},
        {"step": 10, "kind": "valid", "nll": 5.0, "loss": 9.0},
        {"step": 20, "kind": "train", "loss": None},
        {"step": 20, "kind": "event", "event": "saved"},
        {"step": 30, "kind": "train", "loss": 1},
    ]
    assert curves_from(records) == {
        "loss": Curve((10, 30), (2.0, 1.0)),
        "nll": Curve((10,), (5.0,)),
    }
    assert curves_from([]) == {}


def test_learning_curves_are_percentages_by_step():
    judged = {20: evaluate(together(methane(), methyl())), 10: evaluate(together(methyl()))}
    curve = learning_curves(judged)["molecule_stability"]
    assert curve == Curve((10, 20), (0.0, 50.0))


def test_one_step_alone_is_no_curve():
    assert learning_curves({10: evaluate(together(methane()))}) == {}


def test_a_mean_is_taken_where_all_curves_have_a_point():
    curves = [Curve((1, 2, 4), (1.0, 2.0, 9.0)), Curve((2, 3, 4), (4.0, 5.0, 1.0))]
    assert mean_curve(curves) == Curve((2, 4), (3.0, 5.0))
