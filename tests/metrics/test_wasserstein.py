import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from eloss_plugins.metrics.wasserstein import wasserstein

samples = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=30).map(np.array)


def test_shift_is_its_own_distance():
    values = np.array([1.0, 5.0, 2.0])
    assert wasserstein(values, values[::-1] + 0.25) == pytest.approx(0.25)


def test_half_the_mass_moved_by_two_is_one():
    assert wasserstein(np.array([0.0, 0.0]), np.array([0.0, 2.0])) == pytest.approx(1.0)


@given(samples, samples)
def test_equals_scipy(first, second):
    expected = wasserstein_distance(first, second)
    assert wasserstein(first, second) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_empty_sample_is_refused():
    with pytest.raises(ValueError, match="got 0 and 1"):
        wasserstein(np.zeros(0), np.zeros(1))
