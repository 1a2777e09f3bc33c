"""Specimens are molecules: valences, lengths, and the flatness that their names promise."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from eloss_plugins.graphs.specimens import specimens

HYDROCARBONS = [
    "methane", "ethane staggered", "ethane eclipsed", "cubane", "prismane", "tetrahedrane",
    "dodecahedrane", "icosane", "cyclopropane", "cyclobutane", "cyclohexane", "adamantane",
    "neopentane staggered", "neopentane twisted", "tri-tert-butylmethane",
]  # fmt: skip
AROMATIC = ["benzene", "naphthalene", "phenanthrene", "pyrene", "triphenylene", "coronene"]
FORMULAS = {
    "naphthalene": "C10H8", "pyrene": "C16H10", "coronene": "C24H12", "triphenylene": "C18H12",
    "adamantane": "C10H16", "icosane": "C20H42", "porphine": "C20H14N4", "biphenyl": "C12H10",
    "tetraphenylmethane": "C25H20", "tri-tert-butylbenzene": "C18H30", "fullerene": "C60",
    "bis(phenylethynyl)benzene": "C22H14", "octatriyne twisted": "C8H6",
}  # fmt: skip
PLANAR = [*AROMATIC, "porphine", "ethylene", "boron trifluoride", "bis(phenylethynyl)benzene"]
LINEAR = ["carbon dioxide", "acetylene", "butadiyne", "hydrogen cyanide"]


def degrees(structure, number):
    counts = np.bincount(structure.bonds.ravel(), minlength=structure.num_atoms)
    return set(counts[structure.numbers == number].tolist())


def flatness(structure):
    centred = structure.positions - structure.positions.mean(axis=0)
    return np.linalg.svd(centred, compute_uv=False)


def formula(structure):
    counts = {
        symbol: np.sum(structure.numbers == z) for symbol, z in (("C", 6), ("H", 1), ("N", 7))
    }
    return "".join(f"{symbol}{count}" for symbol, count in counts.items() if count)


def test_there_are_many_over_many_point_groups():
    assert len(specimens()) >= 60
    assert len({specimen.point_group for specimen in specimens().values()}) >= 25


@pytest.mark.parametrize("name", HYDROCARBONS)
def test_saturated_carbon_has_four_bonds(name):
    structure = specimens()[name].structure
    assert (degrees(structure, 6), degrees(structure, 1)) == ({4}, {1})


@pytest.mark.parametrize("name", AROMATIC)
def test_aromatic_carbon_has_three_bonds(name):
    structure = specimens()[name].structure
    assert (degrees(structure, 6), degrees(structure, 1)) == ({3}, {1})


@pytest.mark.parametrize("name", FORMULAS)
def test_formula(name):
    assert formula(specimens()[name].structure) == FORMULAS[name]


@pytest.mark.parametrize("name", PLANAR)
def test_planar_molecules_are_flat(name):
    assert flatness(specimens()[name].structure)[2] < 1e-12


@pytest.mark.parametrize("name", LINEAR)
def test_linear_molecules_are_straight(name):
    assert flatness(specimens()[name].structure)[1] < 1e-12


@pytest.mark.parametrize("name", sorted(specimens()))
def test_no_atoms_touch(name):
    assert pdist(specimens()[name].structure.positions).min() > 0.9


@pytest.mark.parametrize("name", sorted(specimens()))
def test_geometric_order_divides_the_topological_one(name):
    specimen = specimens()[name]
    assert specimen.topological_order % specimen.geometric_order == 0
