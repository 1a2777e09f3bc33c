"""Probabilities of single pairs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eloss_plugins.graphs.sampling.inclusion import inclusion

STIFFNESS = st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=30).map(np.array)


def test_in_proportion_to_stiffness_where_none_is_certain():
    found = inclusion(np.array([1.0, 2.0, 3.0]), 1.0, 0.0)
    np.testing.assert_allclose(found, [1 / 6, 2 / 6, 3 / 6])


def test_what_would_be_above_one_is_certain_and_the_rest_shares():
    found = inclusion(np.array([100.0, 1.0, 1.0]), 2.0, 0.0)
    np.testing.assert_allclose(found, [1.0, 0.5, 0.5])


def test_a_uniform_share_leaves_no_pair_out():
    found = inclusion(np.array([1.0, 0.0]), 1.0, 0.5)
    np.testing.assert_allclose(found, [0.75, 0.25])


def test_without_any_stiffness_all_pairs_are_alike():
    np.testing.assert_allclose(inclusion(np.zeros(4), 1.0, 0.0), 0.25)


@given(STIFFNESS, st.floats(0.05, 40), st.floats(0, 1))
def test_they_sum_to_the_expected_number_and_keep_the_order(stiffness, expected, uniform):
    found = inclusion(stiffness, expected, uniform)
    assert found.sum() == pytest.approx(min(expected, len(stiffness)), rel=1e-9)
    assert ((found > 0) & (found <= 1)).all()
    assert (np.diff(found[np.argsort(stiffness)]) >= -1e-12).all()
