"""What a person may write after --search."""

from argparse import ArgumentTypeError

import pytest

from eloss_plugins.cli.settings import as_text
from eloss_plugins.cli.sweeping.space import Choices, Span, parse, points, size
from eloss_plugins.cli.values import time_span


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("learning_rate=1e-5..1e-2,log", {"learning_rate": Span(1e-5, 1e-2, log=True)}),
        ("weight=0.1..2", {"weight": Span(0.1, 2.0)}),
        ("layers=2..6", {"layers": Span(2, 6, whole=True)}),
        ("edges.neighbours=1..9,linear", {"edges.neighbours": Span(1, 9, whole=True)}),
        ("stiffness=exponential|inverse", {"stiffness": Choices(("exponential", "inverse"))}),
        ("stiffness=exponential,inverse", {"stiffness": Choices(("exponential", "inverse"))}),
        (
            "a=1.0..2, log ,b=x|y, c = -1.5..1",
            {"a": Span(1, 2, log=True), "b": Choices(("x", "y")), "c": Span(-1.5, 1)},
        ),
    ],
)
def test_ranges_and_choices_are_read_and_written_back(text, found):
    assert parse(text) == found
    assert parse(as_text(parse(text))) == found


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "expected learning_rate="),
        ("log", "expected learning_rate="),
        ("a=", "expected learning_rate="),
        ("a=1e-2..1e-5", "a: expected the lower end first"),
        ("a=1..1", "lower end first"),
        ("a=0..1,log", "begins above 0"),
        ("a=1..x", "a: expected a number"),
        ("a=1..inf", "a: expected a finite number"),
        ("a=1..2,logarithmic", "expected low..high or low..high,log"),
        ("a=1", "two different choices or more"),
        ("a=x|x", "two different choices or more"),
        ("a=x||y", "two different choices or more"),
        ("a=1..2,a=3..4", "a is given twice"),
    ],
)
def test_what_is_neither_is_refused_in_a_sentence(text, cause):
    with pytest.raises(ArgumentTypeError) as refusal:
        parse(text)
    assert cause in str(refusal.value)


def test_a_finite_space_has_all_its_points():
    space = parse("a=x|y,n=1..3")
    assert size(space) == 6
    assert points(space)[:2] == [{"a": "x", "n": 1}, {"a": "x", "n": 2}]
    assert size(parse("a=x|y,b=0.0..1")) == float("inf")


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("30m", 1800), ("1.5h", 5400), ("2d", 172800), ("9s", 9)]
)
def test_times_have_units(text, seconds):
    assert time_span(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "-1h", "2 weeks", "1h30"])
def test_times_that_are_none_are_refused(text):
    with pytest.raises(ArgumentTypeError):
        time_span(text)
