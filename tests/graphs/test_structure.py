import numpy as np
import pytest

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.structure import Structure


@pytest.mark.parametrize("shape", [(3,), (2, 4), (2, 0), (1, 2, 3)])
def test_positions_of_another_shape_are_refused(shape):
    with pytest.raises(UsageError, match="positions"):
        Structure(np.zeros(shape))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_position_that_is_not_finite_is_refused_by_name(value):
    with pytest.raises(UsageError, match="atom 1"):
        Structure(np.array([[0.0, 0.0], [value, 0.0]]))


@pytest.mark.parametrize("bonds", [[[0, 0]], [[0, 3]], [[-1, 0]], [0, 1], [[0.0, 1.0]]])
def test_bonds_that_join_no_pair_are_refused(bonds):
    with pytest.raises(UsageError, match="bonds"):
        Structure(np.zeros((3, 3)), bonds=np.array(bonds))


def test_bonds_are_kept_once_and_sorted():
    bonds = np.array([[2, 1], [1, 0], [0, 1]])
    assert Structure(np.eye(3), bonds=bonds).bonds.tolist() == [[0, 1], [1, 2]]


def test_numbers_must_match_the_atoms():
    with pytest.raises(UsageError, match="numbers"):
        Structure(np.zeros((3, 3)), numbers=np.array([6, 6]))
