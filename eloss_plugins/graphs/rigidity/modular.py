"""Rigidity and stress matrices over a finite field, where a rank is exact.

A rank at random coordinates modulo a prime is never above the generic one, so a matrix that has
full rank here has it for almost all real coordinates; the opposite error needs an unlucky draw,
whose probability is some atoms over the prime (Schwartz and Zippel).
"""

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.rigidity.edge_list import Edges

PRIME = 2**31 - 1
"""Products of two residues fit in 64 bits."""

Residues = NDArray[np.int64]


def random_points(num_atoms: int, dimensions: int, rng: np.random.Generator) -> Residues:
    """`(atoms, D)` residues."""
    return rng.integers(PRIME, size=(num_atoms, dimensions))


def modular_rigidity_matrix(points: Residues, edges: Edges) -> Residues:
    """`(edges, atoms * D)`: row e has p_i - p_j at i and its negative at j."""
    num_atoms, dimensions = points.shape
    arms = (points[edges[:, 0]] - points[edges[:, 1]]) % PRIME
    matrix = np.zeros((len(edges), num_atoms, dimensions), np.int64)
    rows = np.arange(len(edges))
    matrix[rows, edges[:, 0]] = arms
    matrix[rows, edges[:, 1]] = (-arms) % PRIME
    return matrix.reshape(len(edges), -1)


def row_reduced(matrix: Residues) -> tuple[Residues, list[int]]:
    """The reduced row echelon form without its zero rows, and the column of each row's one."""
    reduced: Residues = matrix % PRIME
    pivots: list[int] = []
    for column in range(reduced.shape[1]):
        row = len(pivots)
        below = np.flatnonzero(reduced[row:, column])
        if not len(below):
            continue
        reduced[[row, row + below[0]]] = reduced[[row + below[0], row]]
        inverse = pow(int(reduced[row, column]), -1, PRIME)
        reduced[row, column:] = reduced[row, column:] * inverse % PRIME
        others = np.flatnonzero(reduced[:, column])
        others = others[others != row]
        change = reduced[others, column, None] * reduced[row, column:] % PRIME
        reduced[others, column:] = (reduced[others, column:] - change) % PRIME
        pivots.append(column)
    return reduced[: len(pivots)], pivots


def modular_rank(matrix: Residues) -> int:
    """The rank."""
    return len(row_reduced(matrix)[1])


def random_null_vector(matrix: Residues, rng: np.random.Generator) -> Residues:
    """`(columns,)` a random x with matrix x = 0; zeros if there is no other."""
    reduced, pivots = row_reduced(matrix)
    vector: Residues = rng.integers(PRIME, size=(matrix.shape[1],))
    vector[pivots] = 0
    sums = np.zeros(len(pivots), np.int64)
    for column in np.flatnonzero(vector):
        sums = (sums + reduced[:, column] * vector[column]) % PRIME
    vector[pivots] = (-sums) % PRIME
    return vector


def modular_stress_matrix(stress: Residues, edges: Edges, num_atoms: int) -> Residues:
    """`(atoms, atoms)` weighted Laplacian of a stress."""
    matrix = np.zeros((num_atoms, num_atoms), np.int64)
    first, second = edges.T
    matrix[first, second] = matrix[second, first] = (-stress) % PRIME
    np.fill_diagonal(matrix, (-matrix.sum(axis=1)) % PRIME)
    return matrix
