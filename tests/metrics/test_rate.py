import json
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binomtest

from eloss_plugins.metrics.rate import Rate

counts = st.integers(0, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
sizes = st.lists(st.integers(0, 30), max_size=20)


def test_text_states_counts_and_percentage():
    assert str(Rate(123, 456)) == "123/456 (27.0 %)"


def test_nothing_of_nothing_is_undefined_and_says_so():
    assert math.isnan(Rate(0, 0).value)
    assert Rate(0, 0).interval() == (0.0, 1.0)
    assert str(Rate(0, 0)) == "0/0 (undefined)"


@pytest.mark.parametrize(("numerator", "denominator"), [(2, 1), (-1, 3), (0, -1)])
def test_impossible_counts_are_refused(numerator, denominator):
    with pytest.raises(ValueError, match=f"{numerator}/{denominator}"):
        Rate(numerator, denominator)


@given(counts)
def test_interval_is_wilsons_as_scipy_has_it(numbers):
    assume(numbers[1] > 0)
    expected = binomtest(*numbers).proportion_ci(method="wilson")
    assert Rate(*numbers).interval() == pytest.approx((expected.low, expected.high), abs=1e-12)


@given(counts)
def test_interval_holds_the_value(numbers):
    assume(numbers[1] > 0)
    low, high = Rate(*numbers).interval()
    assert 0 <= low <= Rate(*numbers).value + 1e-12
    assert Rate(*numbers).value - 1e-12 <= high <= 1


@given(counts)
def test_json_is_strict_even_for_nothing(numbers):
    record = json.loads(json.dumps(Rate(*numbers).to_json(), allow_nan=False))
    assert (record["numerator"], record["denominator"]) == numbers


def test_overlap_is_of_intervals():
    assert Rate(50, 100).overlaps(Rate(55, 100))
    assert not Rate(10, 100).overlaps(Rate(90, 100))
    assert Rate(0, 0).overlaps(Rate(100, 100))


def test_outcomes_are_counted():
    assert Rate.count([True, False, True]) == Rate(2, 3)


def test_pooled_rates_add_their_counts():
    assert Rate.pooled([Rate(1, 4), Rate(2, 4), Rate(0, 0)]) == Rate(3, 8)
    assert Rate.pooled([Rate(1, 4, 2.0), Rate(2, 4)]).trials == 6.0


def test_clusters_that_agree_within_count_as_one_trial_each():
    whole = Rate.of_clusters([10, 0] * 50, [10] * 100)
    assert (whole.numerator, whole.denominator) == (500, 1000)
    assert whole.trials == pytest.approx(99)


def test_clusters_no_more_alike_than_chance_count_every_atom():
    mixed = Rate.of_clusters([5, 5, 5, 5], [10] * 4)
    assert mixed.trials == 40


@pytest.mark.parametrize("passed", [[0, 0, 0], [7, 7, 7]])
def test_unanimous_clusters_count_molecules_and_not_atoms(passed):
    assert Rate.of_clusters(passed, [7, 7, 7]).trials == 3


@given(sizes=sizes, data=st.data())
def test_trials_of_clusters_lie_between_none_and_atoms(sizes, data):
    passed = [data.draw(st.integers(0, size)) for size in sizes]
    rate = Rate.of_clusters(passed, sizes)
    assert 0 <= rate.trials <= sum(sizes)
    low, high = rate.interval()
    assert 0 <= low <= high <= 1
