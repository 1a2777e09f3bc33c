from dataclasses import replace

import numpy as np
import pytest

from eloss_plugins.data.checks import check_for_training
from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.errors import UsageError
from tests.data.files import some_molecules
from tests.molecules_by_hand import methane, molecule, nothing


def changed(place: int, axis: int, value: float) -> MoleculeSet:
    molecules = some_molecules()
    positions = molecules.positions.copy()
    positions[place, axis] = value
    return replace(molecules, positions=positions)


def test_sound_molecules_pass():
    check_for_training(some_molecules(), "here")


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_molecules_are_counted(count):
    few = some_molecules().subset(range(count))
    with pytest.raises(UsageError, match=f"here: expected at least 3 molecules.*got {count}"):
        check_for_training(few, "here")


@pytest.mark.parametrize("value", [np.nan, np.inf, -1e300])
def test_atom_that_is_not_finite_is_named(value):
    with pytest.raises(UsageError, match=r"here, molecule 2 \(methane\): .*over 1e\+06 at atom 3"):
        check_for_training(changed(7, 1, value), "here")


def test_coincident_atoms_are_named():
    molecules = some_molecules()
    positions = molecules.positions.copy()
    positions[36] = positions[35]
    with pytest.raises(UsageError, match=r"molecule 8 \(water\): .*two at the same place"):
        check_for_training(replace(molecules, positions=positions), "here")


@pytest.mark.parametrize(
    ("factor", "hint"),
    [
        (0.1, "nanometre: multiply by 10"),
        (1 / 0.529177, "bohr: multiply by 0.529"),
        (100, "picometre: multiply by 0.01"),
        (7, "Convert them"),
    ],
)
def test_other_units_of_length_are_recognised(factor, hint):
    molecules = some_molecules()
    with pytest.raises(UsageError, match=hint):
        check_for_training(replace(molecules, positions=factor * molecules.positions), "here")


@pytest.mark.parametrize("number", [0, -1, 119])
def test_unknown_element_is_named_with_its_molecule(number):
    molecules = some_molecules()
    numbers = molecules.numbers.copy()
    numbers[36] = number
    with pytest.raises(UsageError, match=rf"molecule 8 .*of atomic number {number}"):
        check_for_training(replace(molecules, numbers=numbers), "here")


def test_molecule_without_atoms_is_named():
    molecules = MoleculeSet.from_molecules([methane(), nothing(), methane()])
    with pytest.raises(UsageError, match=r"molecule 2 \(nothing\): expected atoms"):
        check_for_training(molecules, "here")


def test_single_atoms_have_no_distances_to_check():
    check_for_training(MoleculeSet.from_molecules([molecule("C", [0, 0, 0])] * 3), "here")
