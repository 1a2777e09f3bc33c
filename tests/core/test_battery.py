"""Every loss of the core stands the battery that plugin authors get."""

import pytest

from eloss_plugins.core import (
    STIFFNESS_LAWS,
    BondEdges,
    Energy,
    Gram,
    Kabsch,
    LennardJones,
    Mae,
    Mse,
)
from eloss_plugins.testing import (
    BATTERY,
    SHAPE_BATTERY,
    SMOOTH_BATTERY,
    check_first_derivatives,
    check_motions,
    check_padding,
)

ENERGIES = {
    **{f"energy {name}": Energy(law()) for name, law in STIFFNESS_LAWS.items()},
    "energy over bonds": Energy(edges=BondEdges()),
    "energy with stiff bonds": Energy(LennardJones(bonded=9.0)),
    "energy of mean pairs": Energy(reduction="mean_pairs", temperature=2.0, maximal_weight=1.0),
    "energy of normalised stiffness": Energy(normalize="mean_one"),
    "energy by features": Energy(distances="features", reduction="per_atom"),
    "energy with gram": Energy(gram=0.1),
}
SHAPE_LOSSES = {**ENERGIES, "gram": Gram(), "kabsch": Kabsch()}
LOSSES = {
    **SHAPE_LOSSES,
    "mse": Mse(),
    "mae": Mae(),
    "mse by channel": Mse(reduction="per_channel"),
}


@pytest.mark.parametrize("check", BATTERY)
@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_stands_the_battery(name, check):
    BATTERY[check](LOSSES[name])


@pytest.mark.parametrize("check", SMOOTH_BATTERY)
@pytest.mark.parametrize("name", [name for name in LOSSES if name != "kabsch"])
def test_every_loss_but_kabsch_has_exact_second_derivatives(name, check):
    SMOOTH_BATTERY[check](LOSSES[name])


@pytest.mark.parametrize("check", SHAPE_BATTERY)
@pytest.mark.parametrize("name", SHAPE_LOSSES)
def test_every_shape_loss_stands_the_battery(name, check):
    SHAPE_BATTERY[check](SHAPE_LOSSES[name])


def test_the_battery_sees_a_loss_of_positions():
    with pytest.raises(AssertionError, match="moving the prediction"):
        check_motions(Mse())


def test_the_battery_sees_a_loss_that_looks_into_padding():
    with pytest.raises(AssertionError, match="in padding changes"):
        check_padding(lambda batch: batch.residual.square().sum((1, 2)))


def test_the_battery_sees_a_wrong_gradient():
    def half_attached(batch):
        error = batch.clean_residual()
        return (error * error.detach()).sum((1, 2))

    with pytest.raises(RuntimeError, match="Jacobian mismatch"):
        check_first_derivatives(half_attached)
