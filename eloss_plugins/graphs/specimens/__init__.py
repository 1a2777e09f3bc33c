"""Symmetric, planar and linear structures with coordinates from formulas, of known symmetry."""

from eloss_plugins.graphs.specimens.catalogue import specimens
from eloss_plugins.graphs.specimens.specimen import Specimen

__all__ = ["Specimen", "specimens"]
