"""Tests of any graph: does it bend, is it unique, how stiff is it."""

from eloss_plugins.graphs.rigidity.generic import is_globally_rigid, is_rigid
from eloss_plugins.graphs.rigidity.infinitesimal import is_infinitesimally_rigid
from eloss_plugins.graphs.rigidity.matrix import rigidity_matrix
from eloss_plugins.graphs.rigidity.stiffness import smallest_eigenvalue

__all__ = [
    "is_globally_rigid",
    "is_infinitesimally_rigid",
    "is_rigid",
    "rigidity_matrix",
    "smallest_eigenvalue",
]
