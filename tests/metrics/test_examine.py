"""Single molecules, judged by hand."""

import numpy as np
import pytest
from molecules_by_hand import (
    at_nan,
    carbon_dioxide,
    methane,
    methyl,
    molecule,
    nothing,
    on_a_line,
    two_waters,
)

from eloss_plugins.data.molecules import Molecule
from eloss_plugins.metrics import examine
from eloss_plugins.metrics.clashes import clashes


def test_methane_is_stable_valid_and_whole():
    found = examine(methane())
    assert found.stable_and_connected
    assert found.complete
    assert found.failure is None
    assert found.validity.smiles == "[H]C([H])([H])[H]"


def test_methyl_radical_is_valid_for_rdkit_but_not_stable():
    found = examine(methyl())
    assert found.validity.valid
    assert not found.stability.stable
    assert found.failure == "unstable atoms"


def test_two_waters_are_stable_but_not_connected():
    found = examine(two_waters())
    assert found.stability.stable
    assert not found.stable_and_connected
    assert not found.complete
    assert found.failure == "fragments"


def test_largest_fragment_gives_the_smiles():
    far = np.vstack([methane().positions, [[9, 0, 0], [9.74, 0, 0]]])
    pair = molecule("C H H H H H H", far)
    assert examine(pair).validity.smiles == examine(methane()).validity.smiles


@pytest.mark.parametrize(
    ("case", "failure"),
    [
        (nothing(), "no atoms"),
        (at_nan(), "non-finite coordinates"),
        (Molecule(np.zeros((1, 3)), np.array([0])), "unknown element"),
        (on_a_line("H H H", 0, 0.75, 1.5), "valence"),
        (on_a_line("C O", 0, 1.13), "valence"),
        (methane(1.2), "fragments"),
        (on_a_line("O", 0), "unstable atoms"),
    ],
)
def test_failure_is_named_by_its_first_reason(case, failure):
    assert examine(case).failure == failure


def test_stretch_to_the_margin_keeps_methane_and_beyond_breaks_it():
    assert examine(methane(1.1899)).stability.atoms.all()
    assert not examine(methane(1.1901)).stability.atoms.any()


def test_carbon_dioxide_is_stable():
    assert examine(carbon_dioxide()).stable_and_connected


def test_closer_than_a_bond_is_a_clash_and_a_bond_is_none():
    assert clashes(methane()) == 0
    assert clashes(on_a_line("C C", 0, 0.8 * 1.20 - 0.01)) == 1
    assert clashes(on_a_line("C C", 0, 0.8 * 1.20 + 0.01)) == 0
    assert clashes(on_a_line("He He", 0, 0.8 * 0.74 - 0.01)) == 1
    assert clashes(at_nan()) == 0
