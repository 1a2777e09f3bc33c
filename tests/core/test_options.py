"""Options that would turn a loss around, or make it infinite, are refused when it is made."""

import math

import pytest

from eloss_plugins.core.losses import Energy, Gram, Kabsch, Mae, Mse
from eloss_plugins.core.stiffness import STIFFNESS_LAWS

NOT_NEGATIVE = {
    "constant": ["prefactor"],
    "inverse": ["prefactor", "epsilon"],
    "inverse-square": ["prefactor", "epsilon"],
    "exponential": ["prefactor"],
    "lennard-jones": ["well_depth", "bonded", "epsilon"],
    "morse": ["well_depth"],
    "from-potential": ["floor"],
}
POSITIVE = {
    "inverse": "length",
    "inverse-square": "length",
    "exponential": "length",
    "morse": "inverse_width",
}


@pytest.mark.parametrize("loss", [Energy, Gram, Kabsch, Mae, Mse])
@pytest.mark.parametrize("weight", [-1.0, math.nan, math.inf])
def test_a_weight_that_turns_or_breaks_the_loss_is_refused(loss, weight):
    with pytest.raises(ValueError, match="weight must be finite"):
        loss(weight=weight)


@pytest.mark.parametrize("loss", [Energy, Gram, Kabsch, Mse])
def test_a_negative_cap_is_refused(loss):
    with pytest.raises(ValueError, match="maximal_weight must be finite and 0 or more; got -1"):
        loss(maximal_weight=-1.0)


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf])
@pytest.mark.parametrize(("law", "option"), [(k, o) for k, v in NOT_NEGATIVE.items() for o in v])
def test_a_negative_stiffness_is_refused(law, option, value):
    with pytest.raises(ValueError, match=f"{option} must be finite and 0 or more"):
        STIFFNESS_LAWS[law](**{option: value})


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
@pytest.mark.parametrize(("law", "option"), POSITIVE.items())
def test_a_length_that_is_none_is_refused(law, option, value):
    with pytest.raises(ValueError, match=f"{option} must be positive"):
        STIFFNESS_LAWS[law](**{option: value})


def test_every_numeric_option_of_every_law_is_covered():
    numeric = {
        (law, name)
        for law, made in STIFFNESS_LAWS.items()
        for name, field in made.__dataclass_fields__.items()
        if field.type in (float, "float", float | None)
    }
    listed = {(k, o) for k, v in NOT_NEGATIVE.items() for o in v} | set(POSITIVE.items())
    assert numeric == listed
