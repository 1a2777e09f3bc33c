import numpy as np
import pytest

from eloss_plugins.errors import UsageError
from eloss_plugins.spins.glass import SpinGlass, canonical, check_spins, from_dense

TRIANGLE = np.array([[0, 1.0, -0.5], [1.0, 0, 2.0], [-0.5, 2.0, 0]])


def test_energy_of_a_triangle_by_hand():
    glass = from_dense(TRIANGLE)
    assert glass.energy(np.array([1, 1, -1])) == -(1.0 + 0.5 - 2.0)


def test_energy_is_minus_half_the_quadratic_form():
    spins = np.array([[1, 1, 1], [1, -1, 1], [-1, 1, 1]])
    expected = [-0.5 * s @ TRIANGLE @ s for s in spins]
    assert from_dense(TRIANGLE).energy(spins).tolist() == expected


def test_canonical_spins_begin_with_up_and_keep_the_energy():
    assert canonical(np.array([[-1, 1, -1], [1, 1, -1]], np.int8)).tolist() == [
        [1, -1, 1],
        [1, 1, -1],
    ]


def changed(i, j, value):
    matrix = TRIANGLE.copy()
    matrix[i, j] = value
    return matrix


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        (changed(0, 1, 3.0), r"symmetric; got 3 from site 0 to 1 and 1 back"),
        (changed(2, 2, 1.0), "site 2 is coupled to itself"),
        (changed(0, 1, np.nan), "finite"),
        (TRIANGLE[:2], r"square matrix; got shape \(2, 3\)"),
    ],
)
def test_bad_matrices_are_refused_in_a_sentence(matrix, words):
    with pytest.raises(UsageError, match=words):
        from_dense(matrix)


@pytest.mark.parametrize(
    ("index", "words"),
    [
        ([[0], [3]], "from 0 to 2; got a pair with 3"),
        ([[1], [1]], "site 1 is coupled to itself"),
        ([[0, 1], [1, 0]], "sites 0 and 1 is given twice"),
    ],
)
def test_bad_pairs_are_refused_in_a_sentence(index, words):
    with pytest.raises(UsageError, match=words):
        SpinGlass(3, np.array(index), np.ones(len(index[0])))


@pytest.mark.parametrize(
    ("spins", "words"), [([1, 0, 1], r"\+1 or -1; got 0"), ([1, 1], r"expected 3 spins")]
)
def test_bad_spins_are_refused_in_a_sentence(spins, words):
    with pytest.raises(UsageError, match=words):
        check_spins(np.array(spins), 3)
