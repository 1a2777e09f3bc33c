from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from eloss_plugins.report.spread import Spread, apart

values = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=21).map(tuple)


@given(values)
def test_interval_is_students_as_scipy_has_it(numbers):
    spread = Spread(numbers)
    low, high = spread.interval()
    half = stats.t.ppf(0.975, len(numbers) - 1) * stats.sem(numbers)
    assert (high - low) / 2 == pytest.approx(half, rel=3e-4, abs=1e-9)
    assert (low + high) / 2 == pytest.approx(spread.mean, abs=1e-9)


def test_single_seed_has_no_deviation_and_an_interval_of_everything():
    assert Spread((3.0,)).deviation is None
    assert Spread((3.0,)).interval() == (-inf, inf)


def test_apart_means_without_any_overlap():
    assert apart([1, 2], [3, 4])
    assert apart([3, 4], [1, 2])
    assert not apart([1, 3], [3, 4])
