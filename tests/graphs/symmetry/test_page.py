"""docs/graphs.md: molecules written with exactly symmetric coordinates."""

import numpy as np
import pytest
from pages import code, page

from eloss_plugins.data.load import load
from eloss_plugins.data.readers import read_molecules
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.graphs.symmetry import geometric_group


def lack_of_symmetry(molecule) -> float:
    """By how much, in angstrom, an exchange of equal atoms changes a distance."""
    group = geometric_group(Structure(molecule.positions, molecule.numbers))
    between = np.linalg.norm(molecule.positions[:, None] - molecule.positions, axis=-1)
    images = [between[np.ix_(moved, moved)] for moved in group.generators]
    return max((float(np.abs(image - between).max()) for image in images), default=0.0)


@pytest.mark.slow
def test_the_example_writes_exactly_symmetric_molecules(tmp_path):
    scope = {}
    exec(code(page("docs/graphs.md"))[0], scope)
    scope["write_symmetric"]("bundled:heavy=1-2", str(tmp_path / "made.extxyz"))
    before = load("bundled:heavy=1-2").molecules
    after = read_molecules(tmp_path / "made.extxyz")
    assert np.abs(after.positions - before.positions).max() < 0.05
    assert max(map(lack_of_symmetry, before)) > 1e-4
    assert max(map(lack_of_symmetry, after)) < 1e-5  # the file has six digits or more
