"""Molecules small enough to check by hand, for tests of chemistry, metrics and reports."""

import numpy as np

from eloss_plugins.chem.elements import number_of
from eloss_plugins.data.molecules import Molecule, MoleculeSet

TETRAHEDRON = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / np.sqrt(3)


def molecule(symbols: str, positions, name: str = "") -> Molecule:
    numbers = np.array([number_of(s) for s in symbols.split()], np.int64)
    return Molecule(np.asarray(positions, float).reshape(-1, 3), numbers, name)


def on_a_line(symbols: str, *places: float) -> Molecule:
    return molecule(symbols, [(place, 0, 0) for place in places], symbols)


def methane(length: float = 1.09) -> Molecule:
    return molecule("C H H H H", np.vstack([np.zeros(3), length * TETRAHEDRON]), "methane")


def methyl() -> Molecule:
    whole = methane()
    return Molecule(whole.positions[:-1], whole.numbers[:-1], "methyl")


def carbon_dioxide() -> Molecule:
    return on_a_line("O C O", -1.162, 0, 1.162)


def two_waters() -> Molecule:
    water = np.array([[0, 0, 0], [0.76, 0.59, 0], [-0.76, 0.59, 0]])
    return molecule("O H H O H H", np.vstack([water, water + [0, 0, 6.0]]), "two waters")


def nothing() -> Molecule:
    return molecule("", np.zeros((0, 3)), "nothing")


def at_nan() -> Molecule:
    broken = methane().positions.copy()
    broken[1, 2] = np.nan
    return Molecule(broken, methane().numbers, "at nan")


def together(*molecules: Molecule) -> MoleculeSet:
    return MoleculeSet.from_molecules(molecules)
