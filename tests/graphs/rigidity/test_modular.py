import numpy as np
import pytest

from eloss_plugins.graphs.rigidity.modular import (
    PRIME,
    modular_rank,
    modular_stress_matrix,
    random_null_vector,
)
from tests.graphs.rigid.exact import rank_of


def deficient(seed, rows=12, columns=9, rank=6):
    rng = np.random.default_rng(seed)
    left, right = rng.integers(-50, 50, (rows, rank)), rng.integers(-50, 50, (rank, columns))
    return left @ right


@pytest.mark.parametrize("seed", range(5))
def test_rank_is_that_of_fractions(seed):
    matrix = deficient(seed)
    assert modular_rank(matrix) == rank_of(matrix.tolist()) == 6


@pytest.mark.parametrize("seed", range(5))
def test_null_vectors_are_annihilated(seed):
    matrix = deficient(seed)
    vector = random_null_vector(matrix, np.random.default_rng(seed))
    assert vector.any()
    exact = [sum(int(a) * int(x) for a, x in zip(row, vector, strict=True)) for row in matrix]
    assert not any(value % PRIME for value in exact)


def test_rows_of_a_stress_matrix_add_up_to_nothing():
    matrix = modular_stress_matrix(np.array([3, 5]), np.array([[0, 1], [1, 2]]), 3)
    wanted = [[3, -3, 0], [-3, 8, -5], [0, -5, 5]]
    assert (matrix == np.array(wanted) % PRIME).all()
