"""Small data sets for the exporters."""

import numpy as np

from eloss_plugins.data.dataset import DataSet
from eloss_plugins.data.molecules import Molecule, MoleculeSet
from tests.data.files import WATER
from tests.molecules_by_hand import carbon_dioxide, methane, molecule

HYDROGEN_SULFIDE = molecule("S H H", [[0, 0, 0], [0.97, 0.93, 0], [-0.97, 0.93, 0]], "H2S")
HYDROGEN_FLUORIDE = molecule("F H", [[0, 0, 0], [0.92, 0, 0]], "HF")


def data_of(train: list[Molecule], valid: list[Molecule], test: list[Molecule]) -> DataSet:
    molecules = MoleculeSet.from_molecules([*train, *valid, *test])
    places = np.split(np.arange(len(molecules)), np.cumsum([len(train), len(valid)]))
    splits = dict(zip(("train", "valid", "test"), places, strict=True))
    return DataSet("by hand", molecules, splits, tuple(np.unique(molecules.numbers).tolist()))


def sound() -> DataSet:
    """Five molecules of H, C and O that every trainer can take."""
    return data_of([methane(1.08), WATER, carbon_dioxide()], [methane(1.09)], [methane(1.1)])


def with_misfits() -> DataSet:
    """`sound` with sulphur in train and valid and two atoms in test."""
    return data_of(
        [methane(1.08), HYDROGEN_SULFIDE, WATER],
        [HYDROGEN_SULFIDE, methane(1.09)],
        [methane(1.1), HYDROGEN_FLUORIDE],
    )
