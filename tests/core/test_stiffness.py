"""Stiffness laws against closed forms and published numbers."""

import math

import pytest
import torch

from eloss_plugins.core import (
    STIFFNESS_LAWS,
    Constant,
    Exponential,
    FromPotential,
    Inverse,
    InverseSquare,
    LennardJones,
    Morse,
    Pairs,
)
from eloss_plugins.core.stiffness.from_potential import curvature

DISTANCES = torch.tensor([0.74, 1.09, 1.54, 2.5, 9.0], dtype=torch.float64)
PAIRS = Pairs(DISTANCES)


def assert_law(law, formula):
    expected = torch.tensor([formula(d) for d in DISTANCES.tolist()], dtype=torch.float64)
    torch.testing.assert_close(law(PAIRS), expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize(
    ("law", "formula"),
    [
        (Constant(3.0), lambda d: 3.0),
        (Inverse(5.0, 2.0, 0.1), lambda d: 10 / (d + 0.1)),
        (InverseSquare(16.0, 2.0, 0.1), lambda d: 64 / (d * d + 0.1)),
        (Exponential(42.0, 1.5), lambda d: 42 * math.exp(-d / 1.5)),
        (LennardJones(0.25, epsilon=0.1), lambda d: 18 / (d * d + 0.1)),
        (Morse(109.5, 1.9), lambda d: 2 * 109.5 * 1.9**2),
    ],
)
def test_each_option_stands_where_the_formula_has_it(law, formula):
    assert_law(law, formula)


def test_bare_laws_have_no_prefactor_and_no_softening():
    assert_law(Inverse(), lambda d: 1 / d)
    assert_law(InverseSquare(), lambda d: 1 / d**2)
    assert_law(Exponential(), lambda d: math.exp(-d))
    assert_law(Constant(), lambda d: 1.0)


def test_bonded_pairs_get_their_own_stiffness():
    orders = torch.tensor([0.0, 1.0, 1.5, 0.0, 3.0])
    stiffness = LennardJones(9 / 72, bonded=9.0)(Pairs(DISTANCES, bond_orders=orders))
    expected = torch.where(orders > 0, 9.0, 9 / DISTANCES**2)
    torch.testing.assert_close(stiffness, expected, rtol=1e-12, atol=0)


def test_bonded_stiffness_without_bonds_says_so():
    with pytest.raises(ValueError, match="needs the bonds"):
        LennardJones(bonded=9.0)(PAIRS)


def test_curvature_of_lennard_jones_is_72_over_the_square():
    assert_law(FromPotential("lennard-jones"), lambda d: 72 / d**2)


def test_curvature_of_morse_is_2_d_a_squared():
    depth, width = 109.5, 1.9
    potential = lambda r, r0: depth * (1 - torch.exp(-width * (r - r0))) ** 2  # noqa: E731
    assert_law(FromPotential(potential), lambda d: 2 * depth * width**2)


def test_curvature_of_a_harmonic_spring_is_its_constant():
    assert_law(FromPotential("harmonic"), lambda d: 1.0)


def buckingham(r):
    """1000 exp(-3.5 r) - 30 / r**6, attractive and concave at long range."""
    return 1000 * torch.exp(-3.5 * r) - 30 / r**6


def test_concave_stretches_of_a_fixed_potential_are_clipped_and_counted():
    law = FromPotential(buckingham, placement="fixed", floor=0.25)
    second = [12250 * math.exp(-3.5 * d) - 1260 / d**8 for d in DISTANCES.tolist()]
    torch.testing.assert_close(
        law(PAIRS), torch.tensor([max(k, 0) + 0.25 for k in second], dtype=torch.float64)
    )
    assert law.num_clipped(PAIRS).item() == sum(k < 0 for k in second) > 0


def test_potentials_are_found_by_module_and_function():
    law = FromPotential("eloss_plugins.core.stiffness.potentials:morse")
    assert_law(law, lambda d: 2.0)


@pytest.mark.parametrize(
    "name", ["unknown", "no.such.module:f", "math:no_such_function", "", ".module:f"]
)
def test_unknown_potentials_name_the_known_ones(name):
    with pytest.raises(ValueError, match="known: harmonic, lennard-jones, morse"):
        FromPotential(name)


def test_a_potential_that_is_no_function_is_refused_when_the_law_is_made():
    with pytest.raises(ValueError, match="got 'math:pi', which names a float"):
        FromPotential("math:pi")


@pytest.mark.parametrize(
    ("potential", "placement"), [("lennard-jones", "fixed"), (buckingham, "minimum")]
)
def test_a_potential_that_does_not_take_what_its_placement_gives_is_refused(potential, placement):
    with pytest.raises(ValueError, match=f"placement={placement} calls the potential with"):
        FromPotential(potential, placement=placement)


def test_a_built_in_function_without_a_signature_is_taken_at_its_word():
    assert_law(FromPotential(torch.exp, placement="fixed"), math.exp)


def test_curvature_of_no_pairs_is_empty():
    assert curvature(torch.sin, DISTANCES[:0]).shape == (0,)


@pytest.mark.parametrize("name", STIFFNESS_LAWS)
def test_laws_keep_the_shape_of_the_distances(name):
    distances = DISTANCES[:4].view(2, 2)
    assert STIFFNESS_LAWS[name]()(Pairs(distances)).shape == (2, 2)


@pytest.mark.parametrize("name", STIFFNESS_LAWS)
def test_laws_are_values(name):
    law = STIFFNESS_LAWS[name]
    assert law() == law()
    assert hash(law()) == hash(law())
