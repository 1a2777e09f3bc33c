"""What almost all placements of a graph have in common: do they bend, are they unique."""

import numpy as np
from numpy.typing import ArrayLike

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.rigidity.edge_list import Edges, checked_edges, is_complete
from eloss_plugins.graphs.rigidity.frame import Frame, frame_of
from eloss_plugins.graphs.rigidity.modular import (
    modular_rank,
    modular_rigidity_matrix,
    modular_stress_matrix,
    random_null_vector,
    random_points,
)
from eloss_plugins.graphs.rigidity.regular import is_regular_but_for
from eloss_plugins.graphs.rigidity.stiffness import softest, stiffness_matrix
from eloss_plugins.graphs.rigidity.stress import random_stress, stress_matrix
from eloss_plugins.graphs.structure import MAX_DIMENSIONS, Structure

LARGEST_EXACT = 40
"""Atoms up to which ranks are taken over a finite field, and so without rounding."""

BENDS = 1e-12
"""Stiffness eigenvalue, unit springs, that is no longer told from 0 by double precision."""

TRIES = 3
"""Random placements before a graph counts as not unique; one is nearly always enough."""


def is_rigid(num_atoms: int, edges: ArrayLike, dimensions: int, *, seed: int = 0) -> bool:
    """Whether almost no placement of a graph bends.

    Args:
        num_atoms: vertices.
        edges: `(edges, 2)`.
        dimensions: 1, 2 or 3.
        seed: of the placement that is looked at.

    Returns:
        True is right up to rounding for many atoms, and exact for few; False may be wrong with
        negligible probability.
    """
    checked = _checked(num_atoms, edges, dimensions)
    if num_atoms <= dimensions + 1:
        return is_complete(checked, num_atoms)
    freedom = num_freedoms(num_atoms, dimensions)
    if len(checked) < freedom:
        return False
    rng = np.random.default_rng(seed)
    if num_atoms <= LARGEST_EXACT:
        points = random_points(num_atoms, dimensions, rng)
        return modular_rank(modular_rigidity_matrix(points, checked)) == freedom
    frame = _random_frame(num_atoms, dimensions, rng)
    return softest(stiffness_matrix(frame, checked), frame) > BENDS


def is_globally_rigid(num_atoms: int, edges: ArrayLike, dimensions: int, *, seed: int = 0) -> bool:
    """Whether almost every placement of a graph is the only one with its edge lengths.

    It is, if the matrix of a random stress has rank n - D - 1 (Connelly, Discrete Comput. Geom.
    33, 549 (2005)), and only then (Gortler, Healy and Thurston, Am. J. Math. 132, 897 (2010)).
    Arguments and errors are those of `is_rigid`.
    """
    checked = _checked(num_atoms, edges, dimensions)
    if num_atoms <= dimensions + 1 or is_complete(checked, num_atoms):
        return is_complete(checked, num_atoms)
    if len(checked) <= num_freedoms(num_atoms, dimensions):
        return False
    rng = np.random.default_rng(seed)
    if num_atoms <= LARGEST_EXACT:
        return _has_full_stress_exactly(num_atoms, checked, dimensions, rng)
    frames = (_random_frame(num_atoms, dimensions, rng) for _ in range(TRIES))
    return any(_has_full_stress(frame, checked, rng) for frame in frames)


def num_freedoms(num_atoms: int, dimensions: int) -> int:
    """Motions of atoms that are no rigid motions; edges needed at least, over D + 1 atoms."""
    return num_atoms * dimensions - dimensions * (dimensions + 1) // 2


def _checked(num_atoms: int, edges: ArrayLike, dimensions: int) -> Edges:
    if num_atoms < 0 or not 1 <= dimensions <= MAX_DIMENSIONS:
        raise UsageError(
            f"expected 0 or more atoms in 1, 2 or 3 dimensions; got {num_atoms} in {dimensions}"
        )
    return checked_edges(edges, num_atoms)


def _random_frame(num_atoms: int, dimensions: int, rng: np.random.Generator) -> Frame:
    return frame_of(Structure(rng.uniform(-1, 1, size=(num_atoms, dimensions))))


def _has_full_stress_exactly(
    num_atoms: int, edges: Edges, dimensions: int, rng: np.random.Generator
) -> bool:
    matrix = modular_rigidity_matrix(random_points(num_atoms, dimensions, rng), edges)
    if modular_rank(matrix) < num_freedoms(num_atoms, dimensions):
        return False
    stress = random_null_vector(matrix.T, rng)
    omega = modular_stress_matrix(stress, edges, num_atoms)
    return modular_rank(omega) == num_atoms - dimensions - 1


def _has_full_stress(frame: Frame, edges: Edges, rng: np.random.Generator) -> bool:
    stress = random_stress(frame, edges, rng)
    if stress is None:
        return False
    return is_regular_but_for(stress_matrix(frame, edges, stress), frame.simplex)
