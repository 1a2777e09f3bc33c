"""Graphs of a few molecules, made and written."""

from pathlib import Path

import numpy as np
from molecules_by_hand import carbon_dioxide, methane, together, two_waters

from eloss_plugins.graphs import portable
from eloss_plugins.graphs.cache.structures import Structures
from eloss_plugins.graphs.recipe import Recipe


def molecules():
    """A tetrahedron, a line, two fragments."""
    return together(methane(), carbon_dioxide(), two_waters())


def structures() -> Structures:
    whole = molecules()
    return Structures(whole.positions, whole.offsets, whole.numbers)


def written(path: Path, symmetry: str = "none") -> Path:
    recipe, whole = Recipe(symmetry=symmetry), structures()
    graphs = [recipe(whole[place]) for place in range(len(whole))]
    portable.write(path, whole, molecules().names, graphs, recipe)
    return path


def changed(path: Path, **arrays) -> Path:
    """The same file with other arrays in it; None takes one out."""
    with np.load(path) as found:
        kept = {**found, **arrays}
    np.savez(path, **{name: array for name, array in kept.items() if array is not None})
    return path
