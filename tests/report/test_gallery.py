import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from molecules_by_hand import at_nan, carbon_dioxide, methane, methyl, nothing, two_waters

from eloss_plugins.data.molecules import Molecule
from eloss_plugins.metrics import examine
from eloss_plugins.report.depiction import depict, depict_png
from eloss_plugins.report.gallery import figure, formula, scene_of

HALO = "#FF9E8C"


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (methane(), "CH4"),
        (carbon_dioxide(), "CO2"),
        (two_waters(), "H4O2"),
        (nothing(), "no atoms"),
        (Molecule(np.zeros((2, 3)), np.array([6, 999])), "C*"),
    ],
)
def test_formula_is_in_hills_order(case, expected):
    assert formula(case) == expected


def test_stable_molecule_has_no_halo_and_its_hydrogens_in_the_label():
    svg = depict(methane(), examine(methane()))
    assert HALO not in svg
    assert svg.count("<text") == 3


def test_unstable_atom_has_a_halo_and_its_hydrogens_drawn():
    svg = depict(methyl(), examine(methyl()))
    assert svg.count(HALO) >= 1
    assert svg.count(">H<") == 3


@pytest.mark.parametrize("case", [nothing(), Molecule(np.zeros((20, 3)), np.full(20, 6))])
def test_what_cannot_be_drawn_gives_nothing(case):
    assert depict(case, examine(case)) == ""
    assert depict_png(case, examine(case)) == b""


def test_scene_holds_atoms_bonds_and_marks():
    scene = scene_of(methyl(), examine(methyl()), "methyl")
    assert scene["symbols"] == ["C", "H", "H", "H"]
    assert scene["bonds"] == [[0, 1, 1], [0, 2, 1], [0, 3, 1]]
    assert scene["unstable"] == [0]
    assert np.allclose(scene["positions"], methyl().positions, atol=1e-3)


def test_scene_leaves_atoms_at_nan_out_and_renumbers_bonds():
    scene = scene_of(at_nan(), examine(at_nan()), "")
    assert scene["hidden"] == 1
    assert scene["bonds"] == [[0, 1, 1], [0, 2, 1], [0, 3, 1]]
    assert scene["unstable"] == [0]


clouds = arrays(
    float,
    st.tuples(st.integers(0, 8), st.just(3)),
    elements=st.one_of(st.floats(-2, 2), st.sampled_from([0.0, np.nan, np.inf, 1e200])),
)


@settings(max_examples=40, deadline=None)
@given(positions=clouds, seed=st.integers(0, 99))
def test_any_cloud_has_a_figure(positions, seed):
    numbers = np.random.default_rng(seed).choice([0, 1, 6, 7, 8, 17, 300], len(positions))
    cloud = Molecule(positions, numbers)
    made = figure(cloud, examine(cloud), "cloud")
    assert json.dumps(made.scene, allow_nan=False)
    assert made.svg == "" or made.svg.endswith("</svg>")
